import { isLoopback } from "../shared/loopback.js";
import { decryptJwt } from "../testing/jwt/encryption.js";
import { type Claims, claimDate, readJwt } from "../testing/jwt/jwt.js";
import type { TokenInspection } from "../testing/operations/inspectToken.js";
import type { CommandModule, Invocation } from "./command.js";
import { readConnection, readValue } from "./connection.js";
import { relativeTime } from "./dates.js";
import { type EntraToken, readEntraToken } from "./entraTokenClaims.js";
import { CommandError } from "./errors.js";
import { Output, table } from "./output.js";
import { requestText } from "./requestText.js";

const kinds = {
  user: "access token of a user",
  application: "access token of an application, without a user",
  idToken: "ID token, which is for the application alone",
} as const;

/** The command `token inspect`, which needs no service, because it decodes the token. */
export const inspect: CommandModule = { flags: {}, run };

async function run(invocation: Invocation): Promise<void> {
  const [given = ""] = invocation.operands;
  const token = await readValue(given);
  const decrypted = await decryptJwt(token);
  const claims = readJwt(decrypted ?? token)?.claims;
  if (!claims) {
    throw new CommandError(
      "This token can't be decoded: it isn't a JWT. That is allowed, since the service doesn't promise a format",
    );
  }
  const entra = readEntraToken(claims);
  if (entra) return inspectEntraToken(entra, claims, invocation);
  const { skypeid, resourceId, acsScope } = claims;
  const isOfUser = typeof skypeid === "string";
  const id = isOfUser ? `8:${skypeid}` : undefined;
  const scopes = typeof acsScope === "string" ? acsScope.split(",") : undefined;
  const issuedAt = claimDate(claims.iat);
  const expiresOn = claimDate(claims.exp);
  const expired = expiresOn && expiresOn.getTime() <= Date.now();
  const rows: [string, string | undefined][] = [
    ["User", id],
    ["Resource", typeof resourceId === "string" ? resourceId : undefined],
    ["Scopes", scopes?.join(", ")],
    ["Issued", issuedAt?.toISOString()],
    [expired ? "Expired" : "Expires", expiresOn && `${expiresOn.toISOString()}, ${relativeTime(expiresOn)}`],
  ];
  const known = ["skypeid", "resourceId", "acsScope", "iat", "exp"];
  const emulator = await askEmulator(token, invocation);
  const others = Object.entries(claims).filter(([name]) => !(isOfUser && known.includes(name)));
  const lines = [...rows, ...others.map(([name, value]) => [name, JSON.stringify(value)] as const)];
  const encrypted = decrypted === undefined ? undefined : true;
  const output = new Output(invocation);
  await output.result(
    { id, scopes, issuedAt, expiresOn, expired, encrypted, emulator, claims },
    table([...lines, ["Emulator", emulator?.message]]),
  );
  if (!isOfUser) output.note("This isn't a token of an ACS user, and not one of Entra ID.");
  else if (!emulator) output.note("The signature wasn't verified, and a revoked token looks the same.");
  if (decrypted !== undefined) {
    output.note(
      "An app can't decode this token, which is allowed. It was encrypted by an emulator, whose key is public.",
    );
  }
}

async function inspectEntraToken(token: EntraToken, claims: Claims, invocation: Invocation): Promise<void> {
  const { kind, audience, version, tenantId, clientId, objectId, username, permissions, isGuest } = token;
  const { expiresOn, purpose } = token;
  const expired = expiresOn && expiresOn.getTime() <= Date.now();
  const of = kind === "application" ? "Service principal" : "User";
  const rows: [string, string | undefined][] = [
    ["Kind", `${kinds[kind]} of Entra ID${version && `, version ${version}`}`],
    ["For", purpose ?? "nothing in ACS"],
    ["Audience", audience],
    ["Tenant", tenantId],
    ["Application", clientId],
    [of, [objectId, username, isGuest ? "guest" : ""].filter(Boolean).join(", ")],
    ["Permissions", permissions.join(", ")],
    [expired ? "Expired" : "Expires", expiresOn && `${expiresOn.toISOString()}, ${relativeTime(expiresOn)}`],
  ];
  const output = new Output(invocation);
  await output.result({ entra: { ...token, expired }, claims }, table(rows));
  output.note(
    "The signature wasn't verified. `acs-identity doctor --teams --entra-token -` says whether the service can use it.",
  );
}

/** Asks the emulator, if the connection string is an emulator's: it alone knows what was revoked. */
async function askEmulator(token: string, invocation: Invocation): Promise<TokenInspection | undefined> {
  const connection = await readConnection(invocation).catch(() => undefined);
  const url = new URL("/_emulator/tokens:inspect", connection?.endpoint ?? "http://none.invalid");
  if (!isLoopback(url.hostname)) return undefined;
  try {
    const body = JSON.stringify({ token });
    const { status, bodyAsText } = await requestText(url, { method: "POST", body, timeoutInMs: 5000 });
    return status === 200 ? JSON.parse(bodyAsText ?? "") : undefined;
  } catch {
    return undefined;
  }
}
