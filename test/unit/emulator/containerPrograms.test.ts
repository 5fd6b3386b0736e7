// The image's health check and the app of compose.yaml, beside an emulator that isn't in a container.
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { type AddressInfo, createServer, Server } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { yes } from "../../../src/cli/output.js";
import { type EmulatorOptions, startEmulator } from "../../../src/emulator/index.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { readText } from "../../helpers/documents.js";
import { freePort } from "../../helpers/freePort.js";
import { serve, startServer } from "../../helpers/server.js";

/** Runs a program of the folder tools/image in this process. */
const start = (name: string): Promise<unknown> =>
  import(fileURLToPath(new URL(`../../../tools/image/${name}.mjs`, import.meta.url)));
const { cert, key } = makeCertificates();
const tls = { cert, key };

/** Runs the program with these variables. Resolves with its exit code, what it prints, and the options of its request. */
async function outcomeOf(
  port: number | string,
  variables: Readonly<Record<string, string>> = {},
  meanwhile: (request: http.ClientRequest) => void = () => {},
): Promise<{ code: unknown; printed: string; options: unknown }> {
  vi.stubEnv("ACS_EMULATOR_PORT", String(port));
  for (const name of ["ACS_EMULATOR_CERT", "ACS_EMULATOR_HTTPS"]) vi.stubEnv(name, variables[name]);
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const gets = [vi.spyOn(http, "get"), vi.spyOn(https, "get")];
  const exit = vi.spyOn(process, "exit");
  const exited = new Promise((resolve) => exit.mockImplementation(resolve as typeof process.exit));
  vi.resetModules();
  await start("healthCheck");
  const [get] = gets.filter(({ mock }) => mock.calls.length > 0);
  const request = get?.mock.results[0]?.value as http.ClientRequest;
  meanwhile(request);
  const code = await exited;
  // It goes on, since this process does.
  request
    .removeAllListeners()
    .on("error", () => {})
    .destroy();
  return { code, printed: printed.mock.calls.join(), options: get?.mock.calls[0]?.[0] };
}

it.each(["tools/image/Dockerfile", "service/Dockerfile"])(
  "Docker before 25 and Debian 12's buildah and podman know each flag of the health check of %s",
  (path) => {
    const [, flags = ""] = /^HEALTHCHECK (.*)/m.exec(readText(path)) ?? [];
    const known = ["interval", "timeout", "start-period", "retries"];
    expect([...flags.matchAll(/--([\w-]+)/g)].map(([, name]) => name)).toSatisfy((names: string[]) =>
      names.every((name) => known.includes(name)),
    );
  },
);

type Row = [string, EmulatorOptions, variables: Readonly<Record<string, string>>, code: number];

describe("the container's health check", () => {
  it.each<Row>([
    ["http", {}, {}, 0],
    ["https with a certificate of your own", { tls }, { ACS_EMULATOR_CERT: "/cert.pem" }, 0],
    ...yes.flatMap((value): Row[] => [
      [`https as ${value}`, { tls }, { ACS_EMULATOR_HTTPS: value }, 0],
      [`https as ${value.toUpperCase()}`, { tls }, { ACS_EMULATOR_HTTPS: value.toUpperCase() }, 0],
    ]),
    ...["0", "false", "NO", "off", ""].map((value): Row => {
      return [
        `http, as https is ${JSON.stringify(value)}`,
        {},
        { ACS_EMULATOR_HTTPS: value, ACS_EMULATOR_CERT: "" },
        0,
      ];
    }),
    ["https that no variable names", { tls }, {}, 1],
  ])("knows the scheme from the variables: %s", async (_, options, variables, code) => {
    const emulator = await startEmulator(options);
    onTestFinished(() => emulator.close());
    expect((await outcomeOf(new URL(emulator.url).port, variables)).code).toBe(code);
  });

  it("fails if nothing listens", async () => {
    const printed = expect.stringContaining("ECONNREFUSED");
    expect(await outcomeOf(await freePort())).toMatchObject({ code: 1, printed });
  });

  it.each([204, 404, 500])("fails if the answer has the status %i", async (status) => {
    const { port, requests } = await startServer(() => ({ status }));
    expect((await outcomeOf(port)).code).toBe(1);
    expect(requests).toMatchObject([{ method: "GET", target: "/_emulator/health" }]);
  });

  it("fails if nothing answers within 2 seconds", async () => {
    const emitTimeout = (request: http.ClientRequest) => void request.emit("timeout");
    expect(await outcomeOf(await serve(createServer()), {}, emitTimeout)).toMatchObject({
      code: 1,
      printed: "No answer within 2 seconds",
      options: { timeout: 2000, host: "127.0.0.1" },
    });
  });
});

it("the app of compose.yaml can be reached from outside its container, and answers with a new user's token", async () => {
  const { connectionString, service, close } = await startEmulator();
  onTestFinished(close);
  vi.stubEnv("COMMUNICATION_CONNECTION_STRING", connectionString);
  vi.stubEnv("PORT", "0");
  const [log, error] = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
  for (const printed of [log, error]) printed.mockImplementation(() => {});
  const listen = vi.spyOn(Server.prototype, "listen");
  const on = vi.spyOn(process, "on");
  await start("app");
  const [server] = listen.mock.contexts as [Server];
  const [, stop = () => {}] = on.mock.calls.find(([event]) => event === "SIGTERM") ?? [];
  process.off("SIGTERM", stop);
  await expect.poll(() => server.listening).toBe(true);
  const { address, port } = server.address() as AddressInfo;
  expect(["::", "0.0.0.0"]).toContain(address);
  const ask = (path: string, method = "POST") =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { Connection: "close" } });
  const response = await ask("/token");
  const { userId, token } = await response.json();
  expect(await service.inspectToken(token)).toMatchObject({ valid: true, userId, scopes: ["voip"] });
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect([(await ask("/token", "GET")).status, (await ask("/")).status]).toEqual([404, 404]);
  service.failNext({ status: 400 });
  expect((await ask("/token")).status).toBe(502);
  expect([log, error].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  stop();
  await once(server, "close");
});
