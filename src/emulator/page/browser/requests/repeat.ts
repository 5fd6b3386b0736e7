import type { TeamsUserTokenOptions } from "../../../../testing/entra/tokens/teamsUserToken.js";
import type { ListedRequest } from "../../../admin/models.js";
import { adminApi } from "../emulator/adminApi.js";
import { hex, isWindows, unicodeEscape } from "../format.js";

/** How a request can be sent again from a terminal. */
export interface Repeat {
  /** Returns a command to paste. Absent if it can't be sent again. */
  readonly text?: () => Promise<string>;
  /** Sends it from this page. Absent if it can't be sent again, or isn't for a route of the service. */
  readonly send?: () => Promise<void>;
  /** What the command sends and what it leaves out, or why there is none. */
  readonly note: string;
}

/** What the command is for: PowerShell on Windows, since nothing can be quoted safely for cmd. */
export const repeatWord: string = isWindows() ? "PowerShell" : "curl";

/** These belong to the connection, the signature or the program that sent them. */
const unsent =
  /^(?:accept(?:-.*)?|authorization|connection|content-(?:length|type)|cookie|date|expect|host|if-.*|keep-alive|origin|proxy-.*|range|referer|sec-.*|te|trailer|transfer-encoding|upgrade|user-agent|x-acs-identity-doctor|x-ms-(?:content-sha256|date))$/;

/** Curl and PowerShell send their own ones of these. */
const replaced =
  /^(?:accept(?:-encoding)?|authorization|connection|content-(?:length|type)|expect|host|keep-alive|te|transfer-encoding|user-agent)$/;

const cut = "<cut>";

/** The scopes of users' tokens, which exchanges take instead of any other. */
const exchangeScopes: Readonly<Record<string, string>> = {
  getTokenForEntraUser: "https://communication.azure.com/clients/VoIP",
  getTokenForTeamsExtensionUser: "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
};

/** Says what may still refuse the new token. */
function limitOfToken(scope: string | undefined, target: string): string {
  if (scope !== undefined) return "That user may have no assignment.";
  if (target.includes("/oidc/userinfo")) return "/oidc/userinfo refuses an application's token.";
  return "The application needs a role on the resource.";
}

/** Says how to send a request again: with new tokens in place of those that were cut out of it. */
export function repeatOf(request: ListedRequest, forWindows: boolean = isWindows()): Repeat {
  const { body, headers, operation, status, target } = request;
  const { authorization = "" } = headers;
  const all = Object.entries(headers);
  const kept = all.filter(([name, value]) => !unsent.test(name) && isPrintable(value));
  const teams = operation === "getTokenForTeamsUser" ? teamsTokenIn(body) : undefined;
  const problem = problemOf(target, teams ? undefined : body, authorization, kept);
  const name = `Copy as ${forWindows ? "PowerShell" : "curl"}`;
  if (problem) return { note: `${name} isn't possible: ${problem}.` };

  const scope = exchangeScopes[operation ?? ""];
  const whose = scope === undefined ? "the emulator's application" : "another user";
  const token = authorization ? `a new Entra token of ${whose}` : "";
  const teamsToken = teams ? "a new token of the Teams user" : "";
  const sent = listed([token, teamsToken]) || "the same again";
  const content = contentOf(body, headers["content-type"]);
  const leftOut = all.filter((each) => !kept.includes(each) && !replaced.test(each[0])).map(([each]) => each);
  const notes = [
    `${name} sends ${sent}${token && status === 401 ? ", so it succeeds if this request was refused for its credentials" : ""}.`,
    token && limitOfToken(scope, target),
    leftOut.length > 0 && `It leaves out ${listed([leftOut.slice(0, -1).join(", "), leftOut.at(-1)])}.`,
    (request.bodyText ?? content) !== content && "It writes the body anew.",
    headers.host !== location.host && `It goes to ${location.host}, not to ${headers.host}.`,
    forWindows && location.protocol === "https:" && "PowerShell must trust the emulator's certificate.",
  ];
  const prepare = async () => {
    const [token, teamsToken] = await Promise.all([
      authorization && adminApi.entraToken(scope === undefined ? {} : { scope }),
      teams && adminApi.teamsUserToken(teams),
    ]);
    const { "content-type": type } = headers;
    return {
      method: request.method,
      url: location.origin + printable(target, (byte) => `%${hex(byte, 2)}`),
      type,
      lines: [...(token ? [["authorization", `Bearer ${token}`] as const] : []), ...kept],
      content:
        teamsToken === undefined ? content : contentOf({ ...(body as object), token: teamsToken }, type),
    };
  };
  return {
    note: notes.filter(Boolean).join(" "),
    text: async () => command({ ...(await prepare()), forWindows }),
    ...(operation && { send: async () => send(await prepare()) }),
  };
}

async function send({ method, url, type, lines, content }: Omit<Command, "forWindows">): Promise<void> {
  const headers = [...lines, ...(type ? [["content-type", type] as const] : [])];
  const options = {
    method,
    headers: Object.fromEntries(headers),
    ...(content !== undefined && { body: content }),
  };
  // A fault can drop the connection, which the list shows, too.
  await fetch(url, options).catch(() => undefined);
}

function listed(texts: readonly (string | undefined)[]): string {
  return texts.filter(Boolean).join(" and ");
}

/** Returns for which token the body's own one can be replaced. */
function teamsTokenIn(body: unknown): TeamsUserTokenOptions | undefined {
  const { token, appId, userId } = Object(body) as Record<string, unknown>;
  return token === cut && typeof appId === "string" && typeof userId === "string"
    ? { clientId: appId, userObjectId: userId }
    : undefined;
}

function problemOf(
  target: string,
  body: unknown,
  authorization: string,
  headers: readonly (readonly [string, string])[],
): string | undefined {
  if (!target.startsWith("/")) return "its target isn't a path";
  if (typeof body === "string" && /^<\d+ bytes/.test(body)) return "its body wasn't kept";
  const texts = [target, JSON.stringify(body) ?? "", ...headers.map(([, value]) => value)];
  const isCut = texts.some((text) => text.includes(cut)) || /^Basic /i.test(authorization);
  return isCut ? "a code, a secret or a token was cut out of it" : undefined;
}

/** Returns a body in printable ASCII, which no terminal takes for anything else. */
function contentOf(body: unknown, type = ""): string | undefined {
  if (body === undefined) return undefined;
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    const pairs = Object.entries(body as object).flatMap(([name, value]) =>
      [value].flat().map((each) => [name, each]),
    );
    return String(new URLSearchParams(pairs));
  }
  return printable(JSON.stringify(body), unicodeEscape);
}

function printable(text: string, encode: (character: string) => string): string {
  return text.replace(/[^\x20-\x7e]/g, encode);
}

/** Everything else could be taken for something else by a terminal. */
function isPrintable(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value);
}

interface Command {
  readonly forWindows: boolean;
  readonly method: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly content: string | undefined;
}

/** Everything that came with a request is quoted, because whoever sent it chose it. */
function command({ forWindows, method, url, type, lines, content }: Command): string {
  if (forWindows) {
    const table = lines.map(([name, value]) => `${forPowerShell(name)}=${forPowerShell(value)}`);
    return [
      `Invoke-WebRequest -UseBasicParsing ${forPowerShell(url)} -Method ${forPowerShell(method)}`,
      table.length > 0 && `-Headers @{${table.join(";")}}`,
      type && `-ContentType ${forPowerShell(type)}`,
      content !== undefined && `-Body ${forPowerShell(content)}`,
    ]
      .filter(Boolean)
      .join(" ");
  }
  // Without one, curl would say that it is a form.
  const all = (type ?? content) === undefined ? lines : [...lines, ["content-type", type ?? ""] as const];
  return [
    // The certificate of --https is known to nobody.
    `curl -ig${url.startsWith("https:") ? "k" : ""} --path-as-is`,
    method === "HEAD" ? "-I" : `-X ${forShell(method)}`,
    forShell(url),
    ...all.map(([name, value]) => `-H ${forShell(`${name}: ${value}`)}`),
    content !== undefined && `--data-raw ${forShell(content)}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** For every POSIX shell. */
function forShell(text: string): string {
  return /^[A-Z]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** PowerShell takes typographic quotes for quotes. */
function forPowerShell(text: string): string {
  return `'${text.replace(/['‘’‚‛]/g, "$&$&")}'`;
}
