import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { startServer } from "../../helpers/server.js";
import { isWellSigned } from "../../helpers/wireSignature.js";
import { bounded } from "../../load/trust/helpers/bounded.js";
import { listenToEverything } from "../../load/trust/secrets/witness.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const witness = listenToEverything();

interface Operation {
  readonly method: string;
  /** The parts of the path before and after the id. */
  readonly path: readonly [string, string];
  readonly run: (client: CommunicationIdentityClient, id: string) => Promise<unknown>;
}

const operations: Readonly<Record<string, Operation>> = {
  getToken: {
    method: "POST",
    path: ["/identities/", "/:issueAccessToken"],
    run: (client, id) => client.getToken({ communicationUserId: id }, ["chat"]),
  },
  deleteUser: {
    method: "DELETE",
    path: ["/identities/", ""],
    run: (client, id) => client.deleteUser({ communicationUserId: id }),
  },
  "getTeamsExtensionAssignment, as tenant": {
    method: "GET",
    path: ["/access/teamsExtension/tenants/", "/assignments/o"],
    run: (client, id) => client.getTeamsExtensionAssignment(id, "o"),
  },
};

const refused = ["", ".", "..", "\ud800", "a\udc00b", "\ud83d"];
const allowed = [
  "8:acs:2dee53b4-368b-45b4-ab52-8493fb117652_00000005-14a2-493b-8a72-5a3a0d000081",
  "...",
  "%2e%2e",
  "%252f",
  "a\r\nx-injected: 1",
  "a;b=c&d+e",
  "//evil.example",
  "@evil.example",
  ":issueAccessToken",
  "ü日本😀",
  "\uff0e\uff0e",
  "__proto__",
];

const anyId: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...refused, ...allowed),
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  fc
    .array(fc.constantFrom(".", "..", "/", "\\", "%", "2e", "2f", "?", "#", "\r\n", "\0", "\ud800", "a"), {
      maxLength: 6,
    })
    .map((parts) => parts.join("")),
);

describe.each(Object.entries(operations))("an id in %s", (_name, { method, path: [before, after], run }) => {
  it("is sent as a single path segment with a valid signature, or not at all", async () => {
    const { server, client } = await setUp();
    const property = fc.asyncProperty(anyId, async (id) => {
      const count = server.requests.length;
      const error = await run(client, id).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const [request, ...others] = server.requests.slice(count);
      expect(others).toEqual([]);
      if (refused.includes(id) || !isWellFormed(id)) {
        expect(error).toBeInstanceOf(TypeError);
        expect(request).toBeUndefined();
        return;
      }
      expect(request?.method).toBe(method);
      const [path = "", query = ""] = request?.target.split("?") ?? [];
      expect(query).toMatch(/^api-version=[\w-]+$/);
      expect(path.startsWith(before) && path.endsWith(after)).toBe(true);
      const segment = path.slice(before.length, path.length - after.length);
      expect(segment).toMatch(/^(?:[\w.!~*'()-]|%[0-9A-F]{2})+$/);
      expect(decodeURIComponent(segment)).toBe(id);
      expect(request && isWellSigned(request, key)).toBe(true);
    });
    await fc.assert(property, bounded(30));
  });

  it("of one megabyte causes a short error, and appears in no log or span", async () => {
    const { client } = await setUp();
    witness.take();
    const id = "8:acs:long-id-".repeat(75_000);
    const error = await run(client, id).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(String(error).length).toBeLessThan(1000);
    // An error recorded on a span shows its request's URL only when it is inspected, not in its own text.
    const heard = witness
      .take()
      .filter((text) => !text.startsWith("RestError"))
      .join("\n");
    expect(heard.length).toBeLessThan(20_000);
    expect(heard).not.toContain("long-id");
  });
});

function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

async function setUp() {
  const server = await startServer(({ method }) =>
    method === "DELETE" ? { status: 204 } : { status: 200, body: answer },
  );
  const client = new CommunicationIdentityClient(server.origin, new AzureKeyCredential(key), {
    apiVersion: "2025-03-02-preview",
    retryOptions: { maxRetries: 0 },
  });
  return { server, client };
}

/** A valid response body for every operation. */
const answer = {
  id: "8:acs:x",
  token: "t",
  expiresOn: "2030-01-02T03:04:05Z",
  objectId: "o",
  tenantId: "t",
  principalType: "user",
  clientIds: [],
};
