import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bounded } from "./helpers/bounded.js";
import { type Canary, findCanaries, keyCanary, tokenCanary } from "./secrets/canaries.js";
import { damaged, type Entry, keyEntries, tokenEntries } from "./secrets/misuse.js";
import { printsOf } from "./secrets/prints.js";
import { listenToEverything } from "./secrets/witness.js";

const key = keyCanary("access key");
const token = tokenCanary("token");
const endpoint = "https://my-resource.communication.azure.com";
const witness = listenToEverything();

describe("a secret in wrong input never appears in an error, a log or a printed value", () => {
  const texts = [
    key.value,
    `endpoint=${endpoint}/;accesskey=${key.value}`,
    `accesskey=${key.value};endpoint=${endpoint}/`,
    `Endpoint=${endpoint};AccessKey=${key.value};AccessKey=${key.value};`,
    `${endpoint}/?accesskey=${key.value}`,
    `https://user:${key.value}@my-resource.communication.azure.com`,
    `http://my-resource.communication.azure.com#${key.value}`,
  ];

  it.each(keyEntries)("of $name", async (entry) => {
    await searchIn(entry, damaged(...texts), key);
  });

  it.each(tokenEntries)("of $name", async (entry) => {
    await searchIn(entry, damaged(token.value, `Bearer ${token.value}`), token);
  });
});

async function searchIn(entry: Entry, values: fc.Arbitrary<unknown>, secret: Canary): Promise<void> {
  let rejected = 0;
  const property = fc.asyncProperty(values, async (value) => {
    const outcome = await outcomeOf(entry, value);
    if (outcome instanceof Error) rejected += 1;
    const printed = printsOf(outcome);
    expect(findCanaries([printed, ...witness.take()].join("\n"), [secret])).toEqual([]);
  });
  await fc.assert(property, bounded(60, 5000));
  expect(rejected).toBeGreaterThan(0);
}

async function outcomeOf({ run }: Entry, value: unknown): Promise<unknown> {
  try {
    return await run(value);
  } catch (error) {
    return error;
  }
}
