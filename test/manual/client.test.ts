// What docs/client.md and docs/operating.md say about calls that fail, which running its blocks against a service without faults doesn't show.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { AzureKeyCredential, CommunicationIdentityClient } from "acs-identity";
import { createFakeIdentityService } from "acs-identity/testing";
import { transform } from "esbuild";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { codeBlocks, root } from "../helpers/documents.js";

/** Inside the repository, `acs-identity` is the built package. */
const folder = join(root, "test-results/clientPage");

const { setTimeout } = globalThis;
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Saves the block of the page that has a text as a module, and returns its exports. */
async function load<Exports>(name: string, text: string): Promise<Exports> {
  const blocks = ["docs/client.md", "docs/operating.md"].flatMap((page) => codeBlocks(page, "ts"));
  const block = blocks.find((code) => code.includes(text));
  const { code } = await transform(block ?? "", { loader: "ts" });
  const file = join(folder, `${name}.mjs`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, code);
  return import(pathToFileURL(file).href);
}

async function usersOf(count: number) {
  const service = createFakeIdentityService();
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
    retryOptions: { retryDelayInMs: 1 },
  });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const created = await Promise.all(Array.from({ length: count }, () => client.createUser()));
  return { service, client, warn, ids: created.map(({ communicationUserId }) => communicationUserId) };
}

/** Ends the block's own pauses at once, and returns them. The client's timers stay: they limit its attempts. */
function skipPauses(): number[] {
  const pauses: number[] = [];
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((act: () => void, milliseconds: number) => {
    const isPause = milliseconds === 1000 || milliseconds === 30_000;
    if (isPause) pauses.push(milliseconds);
    return setTimeout(act, isPause ? 0 : milliseconds);
  }) as typeof setTimeout);
  return pauses;
}

describe("deleteUsers of docs/client.md", () => {
  type DeleteUsers = (client: CommunicationIdentityClient, ids: readonly string[]) => Promise<string[]>;
  let deleteUsers: DeleteUsers;
  beforeAll(async () => {
    ({ deleteUsers } = await load<{ deleteUsers: DeleteUsers }>("deleteUsers", "function deleteUsers"));
  });

  it("counts a deletion whose response was lost as done, and returns only what may still exist", async () => {
    const { service, client, warn, ids } = await usersOf(3);
    const stranger = "8:acs:2dee53b4-368b-45b4-ab52-8493fb117652_1";
    skipPauses();
    service.failNext({ drop: "after", operation: "deleteUser" });
    expect(await deleteUsers(client, [...ids, stranger])).toEqual([stranger]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("doesn't belong to the resource")]]);
    expect(service.users).toEqual([]);
    expect(service.requests.filter(({ status }) => status === 401)).toHaveLength(2);

    expect(await deleteUsers(client, ids), "a second run after a crash").toEqual([]);
  });

  it("pauses after a 429 without a Retry-After, and deletes the rest in another run", async () => {
    const { service, client, ids } = await usersOf(40);
    service.failNext({ status: 429, retryAfterInSeconds: null, operation: "deleteUser" });
    const pauses = skipPauses();
    const left = await deleteUsers(client, ids);
    expect(left).toHaveLength(1);
    expect(pauses, "of the three batches, and after the 429").toEqual([1000, 30_000, 1000, 1000]);
    expect(await deleteUsers(client, left)).toEqual([]);
    expect(service.users).toEqual([]);
  });
});

it("makes the header x-ms-client-request-id the call's id, as docs/operating.md says", async () => {
  const { connectionString, httpClient } = createFakeIdentityService();
  vi.stubGlobal("client", new CommunicationIdentityClient(connectionString, { httpClient }));
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  await load("correlation", "customHeaders");
  const [, id] = printed.mock.calls[0] ?? [];
  expect(printed.mock.calls).toEqual([[true, expect.stringMatching(/^[\da-f-]{36}$/), expect.any(String)]]);
  const stranger = { communicationUserId: "8:acs:stranger" };
  const requestOptions = { customHeaders: { "x-ms-client-request-id": id } };
  const failing = new CommunicationIdentityClient(connectionString, { httpClient });
  await expect(failing.deleteUser(stranger, { requestOptions })).rejects.toMatchObject({ requestId: id });
});

it("accepts a signature through a gateway only with the Host unchanged, and an Entra ID token with any", async () => {
  const service = createFakeIdentityService();
  const endpoint = "https://acs.contoso.com";
  const gateway = (changesHost: boolean): HttpClient => ({
    sendRequest(request) {
      if (changesHost) request.headers.set("Host", new URL(service.endpoint).host);
      return service.httpClient.sendRequest(request);
    },
  });
  const withKey = (changesHost: boolean) =>
    new CommunicationIdentityClient(endpoint, new AzureKeyCredential(service.accessKey), {
      httpClient: gateway(changesHost),
    }).createUser();
  await withKey(false);
  await expect(withKey(true)).rejects.toMatchObject({ statusCode: 401, code: "Denied" });
  await new CommunicationIdentityClient(endpoint, service.createTokenCredential(), {
    httpClient: gateway(true),
  }).createUser();
});

it("gives a caught error the response's MS-CV, as docs/client.md says", async () => {
  const { connectionString, httpClient } = createFakeIdentityService();
  vi.stubGlobal("client", new CommunicationIdentityClient(connectionString, { httpClient }));
  vi.stubGlobal("user", { communicationUserId: "8:acs:stranger" });
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  await expect(load("msCv", "error.response?.headers")).rejects.toThrow("Provided identity");
  expect(printed.mock.calls).toEqual([[401, "IdentityNotOwned", expect.stringMatching(/^.+\.0$/)]]);
});
