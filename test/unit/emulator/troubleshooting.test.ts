// Checks that errors link to the section of TROUBLESHOOTING.md that explains them. Other tests have more errors' topics.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, type LogEntry, startEmulator } from "../../../src/emulator/index.js";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { topics } from "../../../src/testing/wire/httpError.js";
import { findAnchors } from "../../helpers/documents.js";
import { signedHeaders } from "../../helpers/testing/sign.js";

const log: LogEntry[] = [];
let emulator: Emulator;
let client: CommunicationIdentityClient;

beforeAll(async () => {
  emulator = await startEmulator({ onLog: (entry) => log.push(entry) });
  client = new CommunicationIdentityClient(emulator.connectionString, { retryOptions: { maxRetries: 0 } });
});
beforeEach(() => {
  emulator.service.reset();
  log.length = 0;
});
afterAll(() => emulator.close());

/** Creates a client that doesn't correct for the difference from the service's clock. */
function uncorrected(key: string): CommunicationIdentityClient {
  return new CommunicationIdentityClient(emulator.url, new AzureKeyCredential(key), {
    clockCorrection: false,
  });
}

const refused: readonly (readonly [section: string, what: string, call: () => Promise<unknown>])[] = [
  ["denied-the-signature", "another key", () => uncorrected(btoa("another key")).createUser()],
  [
    "entra-id-errors-of-the-emulator",
    "a wrong client secret",
    () => {
      const { tenantId, clientId } = emulator.service.entra;
      const body = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: "wrong",
        scope: "https://communication.azure.com//.default",
      });
      return fetch(`${emulator.url}/${tenantId}/oauth2/v2.0/token`, { method: "POST", body });
    },
  ],
  ["403-404-405-413-415", "an unknown path", () => fetch(`${emulator.url}/unknown`)],
  [
    "the-fake-and-msw",
    "an injected fault",
    () => {
      emulator.service.failNext({ status: 503 });
      return client.createUser();
    },
  ],
];

describe("the emulator's log", () => {
  it.each(refused)("links to the section %s for %s", async (section, _, call) => {
    await call().catch(() => undefined);
    const help = `${emulator.url}/help#${section}`;
    expect(log.map(({ message }) => message)).toEqual([
      expect.stringMatching(new RegExp(`: .+ \\(${help}\\)$`, "s")),
    ]);
    expect(log[0]?.fields).toMatchObject({ help });
  });

  it("has no link for a success", async () => {
    await client.createUser();
    expect(log.map(({ message }) => message)).toEqual([expect.stringMatching(/ 201 [\d.]+ ms$/)]);
    expect(log[0]?.fields?.help).toBeUndefined();
  });

  it("warns of a quirk that a tolerance accepted", async () => {
    const target = "//identities?api-version=2023-10-01";
    const { host } = new URL(emulator.url);
    const headers = signedHeaders({ method: "POST", target, host, key: emulator.service.accessKey });
    await fetch(emulator.url + target, { method: "POST", headers });
    expect(log).toMatchObject([{ level: "warn", message: expect.stringMatching(/ 201 .*js-doubled-slash/) }]);
  });
});

it.each(topics)("TROUBLESHOOTING.md and the help of the emulator have the section %s", async (topic) => {
  expect(findAnchors("TROUBLESHOOTING.md")).toContain(topic);
  expect(await (await fetch(`${emulator.url}/help`)).text()).toContain(` id="${topic}"`);
});
