import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { expect, it, vi } from "vitest";
import { requestText } from "../../../src/cli/requestText.js";
import { serve, startServer } from "../../helpers/server.js";

/** Returns the URL of a server, and a promise that resolves when the client has closed its connection. */
async function serverThat(answers: (response: ServerResponse) => void): Promise<[URL, Promise<unknown>]> {
  let close: (value: unknown) => void;
  const isClosed = new Promise((resolve) => {
    close = resolve;
  });
  const server = createServer((_, response) => {
    once(response, "close").then(close);
    answers(response);
  });
  return [new URL(`http://127.0.0.1:${await serve(server)}/`), isClosed];
}

it("the command reads a response of another server", async () => {
  const { origin, requests } = await startServer(() => ({ status: 404, body: "none" }));
  const response = await requestText(new URL(origin), { method: "POST", body: "a", timeoutInMs: 10_000 });
  expect(response).toMatchObject({ status: 404, bodyAsText: "none" });
  expect(requests).toMatchObject([{ method: "POST", body: "a" }]);
});

it("the command's time limit includes a body that never ends", async () => {
  // The time passes once the server sends the body. A clock that runs could end the call before the server gets it, which
  // then has no connection to see closed.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const [url, isClosed] = await serverThat((response) => {
    response.write("a part");
    vi.advanceTimersByTime(100);
  });
  await expect(requestText(url, { timeoutInMs: 100 })).rejects.toMatchObject({ name: "TimeoutError" });
  await isClosed;
});

it("the command reads at most 1 MiB", async () => {
  const [url, isClosed] = await serverThat((response) => response.write(".".repeat(1024 * 1024 + 1)));
  await expect(requestText(url, { timeoutInMs: 100_000 })).rejects.toMatchObject({
    code: "RESPONSE_TOO_LARGE",
  });
  await isClosed;
});

it("the command follows no redirect", async () => {
  const { origin, requests } = await startServer(() => ({ status: 307, headers: { location: "/other" } }));
  expect(await requestText(new URL(origin), { timeoutInMs: 10_000 })).toMatchObject({ status: 307 });
  expect(requests).toHaveLength(1);
});
