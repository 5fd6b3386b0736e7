// Plays recordings of `npm run test:live` back: through the client, and to the fake.
import { CommunicationIdentityClient, isRestError } from "../../../src/index.js";
import { compareStep, type Difference } from "../../live/compare.js";
import { startFake } from "../../live/fake.js";
import { type Exchange, idOf } from "../../live/side.js";
import { stubTransport } from "../stubTransport.js";
import { connectionString } from "../values.js";
import { headerOf, type JsonObject, type JsonValue, type Recording } from "./recorded.js";
import { toClientCall } from "./recordedCalls.js";

/** What the client makes of a recorded answer: what it sent for it, and its result or error. */
export interface ClientPlayback {
  readonly sent: { readonly method: string; readonly path: string; readonly body: JsonValue };
  readonly result?: unknown;
  readonly error?: {
    readonly statusCode?: number | undefined;
    readonly code?: string | undefined;
    readonly message: string;
  };
}

/** Whether the client has a method for the request. */
export function isByClient({ raw, signing }: Recording): boolean {
  return !raw && signing === undefined;
}

/** Calls the client's method, and answers as recorded. */
export async function playThroughClient({
  request,
  response,
  apiVersion,
}: Recording): Promise<ClientPlayback> {
  const { status, headers, body } = response;
  const transport = stubTransport({ status, headers, ...(body !== null && { body }) });
  const client = new CommunicationIdentityClient(connectionString, {
    apiVersion,
    httpClient: transport,
    retryOptions: { maxRetries: 0 },
    clockCorrection: false,
  });
  const ended = await toClientCall(request)(client).then(
    (result) => ({ result }),
    (error: unknown) => {
      if (!isRestError(error)) throw error;
      return { error: { statusCode: error.statusCode, code: error.code, message: error.message } };
    },
  );
  const [sent] = transport.sent;
  const { pathname, search } = new URL(sent?.url ?? "https://nothing.invalid");
  const text = sent?.body === undefined ? "" : String(sent.body);
  return {
    sent: {
      method: sent?.method ?? "",
      path: pathname + search,
      // Java's recorder stores no body.
      body: text === "" || request.body === undefined ? null : JSON.parse(text),
    },
    ...ended,
  };
}

/** What the client must make of it, read from the recording. */
export function expectedOf({ request, response }: Recording): ClientPlayback {
  const { method, path, body = null } = request;
  // .NET sends {} where the JavaScript client sends nothing.
  const sent = { method, path, body: JSON.stringify(body) === "{}" ? null : body };
  if (response.status >= 400) {
    const { code, message } = (response.body as { error: { code: string; message: string } }).error;
    return { sent, error: { statusCode: response.status, code, message } };
  }
  return { sent, result: resultOf(method, response.body) };
}

/** The public form of a body of the service. */
function resultOf(method: string, body: JsonValue): unknown {
  if (body === null) return undefined;
  const { identity, accessToken, ...rest } = body as JsonObject;
  const { id, ...others } = (identity ?? rest) as JsonObject;
  const timed = (members: JsonObject) =>
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => [
        name,
        /(?:On|At)$/.test(name) ? new Date(String(value).replace(/(\.\d{3})\d+/, "$1")) : value,
      ]),
    );
  const user = { communicationUserId: id };
  if (accessToken) return { ...timed(accessToken as JsonObject), user };
  if (id === undefined) return timed(others);
  // Only `getUserDetail` returns more than the id.
  return method === "GET" ? { user, ...timed(others) } : user;
}

/** Sends the requests of a run to the fake, one after the other, and returns what is different, with its recording. */
export async function playToFake(
  run: readonly Recording[],
): Promise<(Difference & { readonly name: string })[]> {
  const fake = await startFake({
    hasKey: run.some(({ request }) => request.headers.authorization === "hmac"),
    values: {},
    teams: teamsOf(run),
  });
  const ids = new Map<string, string>();
  const real = (text: string) =>
    [...ids].reduce((changed, [alias, id]) => changed.replaceAll(alias, id), text);
  const differences: (Difference & { name: string })[] = [];
  try {
    for (const recording of run) {
      const { name, request, response, raw = false, signing } = recording;
      const seen = exchangeOf(recording);
      const { authorization: _, "x-ms-client-request-id": __, ...headers } = request.headers;
      const step = {
        method: request.method,
        path: real(request.path),
        headers,
        raw,
        ...(signing && { signing }),
        ...(request.body !== undefined && request.body !== null && { body: bodyOf(request.body, real) }),
      };
      const own = await fake.side.send(step);
      const [alias, id] = [idOf(JSON.stringify(response.body)), idOf(own.response?.text ?? "")];
      if (alias && id)
        for (const [index, part] of guidsOf(alias).entries()) ids.set(part, guidsOf(id)[index] ?? "");
      const current = { name, decidedBy: "the fake", steps: [] };
      differences.push(
        ...compareStep(current, step, own, seen).map((difference) => ({ name, ...difference })),
      );
    }
  } finally {
    await fake.close();
  }
  return differences;
}

/** Puts the fake's Entra token where the recorded one was. */
function bodyOf(body: JsonValue, real: (text: string) => string): JsonValue {
  if (typeof body === "string") return body;
  const changed = JSON.parse(real(JSON.stringify(body))) as JsonObject;
  return changed.token === "sanitized" || String(changed.token).startsWith("ey")
    ? { ...changed, token: "{teamsToken}" }
    : changed;
}

/** For whom the exchanged Entra token was, and for how long, as the answer to the exchange says. */
function teamsOf(run: readonly Recording[]) {
  const exchange = run.find(
    ({ request, response }) => request.path.startsWith("/teamsUser/") && response.status === 200,
  );
  if (!exchange) return undefined;
  const { appId, userId } = exchange.request.body as { appId: string; userId: string };
  const { expiresOn } = exchange.response.body as { expiresOn: string };
  const start = Date.parse(headerOf(exchange.response.headers, "date") ?? "");
  return { clientId: appId, userId, minutesLeft: Math.round((Date.parse(expiresOn) - start) / 60_000) };
}

function exchangeOf({ request, response }: Recording): Exchange {
  const { body } = response;
  return {
    request: {
      origin: "https://resource.communication.azure.com",
      method: request.method,
      path: request.path,
      headers: request.headers,
      text: "",
    },
    response: {
      status: response.status,
      headers: response.headers,
      text: body === null ? "" : typeof body === "string" ? body : JSON.stringify(body),
    },
  };
}

function guidsOf(id: string): string[] {
  return id.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
}
