import { createServer, type OutgoingHttpHeaders } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { text } from "node:stream/consumers";
import type { TokenCredential } from "@azure/core-auth";
import { ClientSecretCredential } from "@azure/identity";
import { expect, it, onTestFinished, vi } from "vitest";
import * as entraCredential from "../../../src/cli/entraCredential.js";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../src/emulator/index.js";
import { type Authority, makeAuthority } from "../certificates.js";
import { serve } from "../server.js";
import { acsIdentityHere, type Outcome, type Run } from "./command.js";

/** Issues certificates that this machine doesn't trust. */
export const authority: Authority = makeAuthority();
const certificate = authority.issue("localhost");

/** The latest emulator of the test. */
let emulator: Emulator;

/** Starts an emulator that ends with the test. */
export async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const started = await startEmulator(options);
  onTestFinished(() => started.close());
  emulator = started;
  return started;
}

export const startTls = (): Promise<Emulator> => start({ tls: certificate });

export interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly remedy?: string;
    readonly details?: string;
  }[];
}

export const azureLikeKey: string = Buffer.alloc(64, "another resource").toString("base64");
export const otherKey: string = Buffer.alloc(64, "other").toString("base64");
/** Its name is never looked up: a proxy would do that. */
export const azure: string = `endpoint=https://some-resource.communication.azure.test/;accesskey=${azureLikeKey}`;
export const scope = "https://communication.azure.com/.default";

/** How the doctor is called. */
export interface Call extends Run {
  readonly args?: readonly string[];
}

/** Something that is wrong, and the line and remedy that the doctor ends with. */
export interface Situation {
  readonly name: string;
  readonly arrange: () => Promise<Call> | Call;
  readonly check: string;
  readonly line: string | RegExp;
  readonly remedy: string | RegExp;
  /** Default: `failed`. */
  readonly status?: "warning";
}

export const withString = (text: string, environment: Run["environment"] = {}): Call => ({
  environment: { COMMUNICATION_CONNECTION_STRING: text, ...environment },
});

export async function tokenFor(options: object = {}, audience: string = scope): Promise<string> {
  return (await emulator.service.createTokenCredential(options).getToken(audience))?.token ?? "";
}

export const withToken = (input: string): Call => ({
  args: ["--endpoint", emulator.url, "--entra-token", "-"],
  input,
});

/** An authority that refuses every sign-in, and the credential of an application that asks it. */
export async function refusedByEntra(number: number, text: string): Promise<Call> {
  const { url } = await start();
  const description = `AADSTS${number}: ${text} Trace ID: 4e6b0f7a Correlation ID: 0b1c Timestamp: 2026-01-01 00:00:00Z`;
  const server = createSecureServer(certificate);
  const port = await serve(server);
  const origin = `https://127.0.0.1:${port}`;
  server.on("request", ({ url: path = "" }, response) => {
    const isConfiguration = path.includes("openid-configuration");
    response.writeHead(isConfiguration ? 200 : 400, { "Content-Type": "application/json" });
    const tenant = `${origin}/${path.split("/")[1]}`;
    response.end(
      JSON.stringify(
        isConfiguration
          ? {
              issuer: `${tenant}/v2.0`,
              authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
              token_endpoint: `${tenant}/oauth2/v2.0/token`,
              jwks_uri: `${tenant}/discovery/v2.0/keys`,
            }
          : { error: "invalid_client", error_description: description, error_codes: [number] },
      ),
    );
  });
  signInWith(
    new ClientSecretCredential("1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01", "an-application", "a-secret", {
      authorityHost: origin,
      disableInstanceDiscovery: true,
      ...{ tlsOptions: { ca: authority.identity.cert } },
    }),
  );
  return { args: ["--endpoint", url], environment: { AZURE_AUTHORITY_HOST: "https://login.example.test" } };
}

/** Puts a credential in the place of DefaultAzureCredential, which can't be told to trust the test's authority. */
export function signInWith(credential: TokenCredential): void {
  vi.spyOn(entraCredential, "entraCredential").mockResolvedValue(credential);
}

/** A proxy that answers CONNECT like this. */
export async function proxyThatAnswers(answer: string, host = "127.0.0.1"): Promise<Call> {
  const proxy = createServer();
  const port = await serve(proxy, host.replace(/[[\]]/g, ""));
  proxy.on("connect", (_request, socket) => socket.end(`HTTP/1.1 ${answer}\r\nContent-Length: 0\r\n\r\n`));
  return withString(azure, { HTTPS_PROXY: `http://${host}:${port}` });
}

/** A status, or with a code or headers. Undefined for no response. */
export type Answer =
  | number
  | { readonly status: number; readonly code?: string; readonly headers?: OutgoingHttpHeaders }
  | undefined;

/**
 * A service on another machine, which answers like this, and what isn't signed with 401 unless told otherwise. The doctor
 * tells it nothing of itself.
 */
export async function serviceThatAnswers(
  answerTo: (isForUser: boolean) => Answer,
  unsigned: Answer = 401,
): Promise<Call> {
  const proxy = createServer(async (request, response) => {
    const { authorization, "x-acs-identity-doctor": mark } = request.headers;
    const answer = authorization ? answerTo((await text(request)).includes("voip")) : unsigned;
    if (answer === undefined || mark) {
      request.socket.destroy();
      return;
    }
    const { status, code, headers = {} } = typeof answer === "number" ? { status: answer } : answer;
    response
      .writeHead(status, headers)
      .end(code && JSON.stringify({ error: { code, message: "Its words." } }));
  });
  const args = ["--allow-insecure-connection"];
  const endpoint = `endpoint=http://service.test/;accesskey=${azureLikeKey}`;
  return { args, ...withString(endpoint, { HTTP_PROXY: `http://127.0.0.1:${await serve(proxy)}` }) };
}
/** Runs the doctor. */
export function call({ args = [], ...run }: Call, ...more: readonly string[]): Promise<Outcome> {
  return acsIdentityHere(["doctor", ...args, ...more], run);
}

export const reportOf = ({ out }: Outcome): Report => JSON.parse(out) as Report;

/** Tests that the doctor finds what is wrong in each situation, and nothing else. */
export function itFindsWhatIsWrong(situations: readonly Situation[], run: typeof call = call): void {
  it.each(situations)("if $name", async ({ arrange, check, line, remedy, status = "failed" }) => {
    const outcome = await run(await arrange(), "--json");
    const { ok, checks } = reportOf(outcome);
    const matching = (text: string | RegExp) =>
      typeof text === "string" ? text : expect.stringMatching(text);
    expect(checks.filter((each) => each.status !== "passed")).toEqual([
      {
        check,
        status,
        message: matching(line),
        remedy: matching(remedy),
        ...(outcome.out.includes('"details"') && { details: expect.any(String) }),
      },
    ]);
    const isFailure = status === "failed";
    expect({ ok, code: outcome.code, err: outcome.err }).toEqual({
      ok: !isFailure,
      code: isFailure ? 1 : 0,
      err: "",
    });
    // What comes after a failure can't be judged; a warning hides nothing.
    expect(checks.at(-1)?.check === check).toBe(isFailure);
  });
}
