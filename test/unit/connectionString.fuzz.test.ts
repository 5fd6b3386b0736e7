import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, parseConnectionString } from "../../src/index.js";
import { bounded } from "../load/trust/helpers/bounded.js";

/** Pieces of connection strings, and text that a parser may stumble over. */
const piece = fc.oneof(
  fc.constantFrom(
    "endpoint",
    "Endpoint=",
    "endpoint=https://my-resource.communication.azure.com/",
    "accesskey=",
    "AccessKey=pw==",
    "accesskey=secret-of-mine",
    ";",
    "=",
    " ",
    "\n",
    "\0",
    '"',
    "'",
    "<key>",
    "\ud800",
    "__proto__=x",
    "constructor=x",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);

const anyText: fc.Arbitrary<string> = fc
  .tuple(fc.array(piece, { maxLength: 12 }), fc.constantFrom(1, 1, 1, 10, 700))
  .map(([pieces, times]) => pieces.join("").repeat(times));

describe("parseConnectionString", () => {
  it("parses any text or rejects it with a TypeError that doesn't quote it", () => {
    const messages = new Set<string>();
    const property = fc.property(anyText, (text) => {
      for (const read of [
        () => parseConnectionString(text),
        () => new CommunicationIdentityClient(text),
        () => new CommunicationIdentityClient(text, { retryOptions: {} }),
      ]) {
        const outcome = outcomeOf(read);
        if (!(outcome instanceof Error)) continue;
        expect(outcome.constructor).toBe(TypeError);
        expect(Object.keys(outcome)).toEqual(["code"]);
        messages.add(outcome.message);
      }
    });
    fc.assert(property, bounded(600));
    // If messages quoted their input, there would be about as many messages as inputs.
    expect([...messages].every((message) => message.length < 300)).toBe(true);
    expect(messages.size).toBeGreaterThan(5);
    expect(messages.size).toBeLessThan(20);
  });

  it.each([
    ["half a megabyte of endpoint=", "endpoint=".repeat(64_000)],
    ["half a megabyte of spaces", `endpoint=${" ".repeat(600_000)};accesskey=pw==`],
    ["as many separators as the length limit allows", ";".repeat(8192)],
    ["as long a key as the length limit allows", `endpoint=https://a.b;accesskey=${"A".repeat(8100)}!`],
    ["quotes in quotes", `${'"'.repeat(4096)}${"'".repeat(4096)}`],
  ])("rejects %s", (_name, text) => {
    expect(outcomeOf(() => parseConnectionString(text))).toBeInstanceOf(TypeError);
  });
});

describe("a valid connection string", () => {
  const endpoint = fc
    .tuple(
      fc.constantFrom("https://", "HTTPS://"),
      fc.domain(),
      fc.constantFrom("", ":8443"),
      fc.constantFrom("", "/"),
    )
    .map((parts) => parts.join(""));
  const key = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.boolean())
    .map(([bytes, isPadded]) =>
      Buffer.from(bytes)
        .toString("base64")
        .replace(isPadded ? "" : /=+$/, ""),
    );
  const space = fc.constantFrom("", " ", "\n", "\t", "\r\n");
  const other = fc.constantFrom("other=1", "endpoints=x", "access=key=;x", "", "flag", "=", "accesskeys=a");

  it("yields the endpoint and the key it was built from, whatever surrounds them", () => {
    const form = fc.record({
      endpoint,
      key,
      names: fc.tuple(
        fc.constantFrom("endpoint", "Endpoint", "ENDPOINT"),
        fc.constantFrom("accesskey", "AccessKey", "accessKey"),
      ),
      keyFirst: fc.boolean(),
      others: fc.tuple(other, other, other),
      spaces: fc.tuple(space, space, space, space),
      quote: fc.constantFrom("", '"', "'"),
    });
    const property = fc.property(form, ({ endpoint, key, names, keyFirst, others, spaces, quote }) => {
      const [before, around, within, after] = spaces;
      const parts = [
        `${around}${names[0]}${within}=${around}${endpoint}${within}`,
        `${within}${names[1]}${around}=${within}${key}${around}`,
      ];
      if (keyFirst) parts.reverse();
      const text = [others[0], parts[0], others[1], parts[1], others[2]].join(";");
      const read = parseConnectionString(`${before}${quote}${text}${quote}${after}`);
      expect(read.endpoint).toBe(endpoint);
      expect(read.credential.key).toBe(key);
      expect(new CommunicationIdentityClient(text)).toBeInstanceOf(CommunicationIdentityClient);
    });
    fc.assert(property, bounded(250));
  });
});

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}
