import { readJwt } from "../testing/tokens/jwt.js";
import type { CommandModule, Invocation } from "./command.js";
import { CommandError } from "./commandError.js";
import { readValue } from "./connection.js";
import { dateOf, relativeTime } from "./dates.js";
import { escapeControls, Output } from "./output.js";

/** `token inspect`. It needs no service, because it only decodes the token. */
export const inspect: CommandModule = { flags: {}, run };

async function run(invocation: Invocation): Promise<void> {
  const [given = ""] = invocation.operands;
  const claims = readJwt(await readValue(given))?.claims;
  if (!claims) {
    throw new CommandError(
      "This token can't be decoded: it isn't a JWT. That is allowed, since the service doesn't promise a format",
    );
  }
  const { skypeid, resourceId, acsScope } = claims;
  const isOfUser = typeof skypeid === "string";
  const id = isOfUser ? `8:${skypeid}` : undefined;
  const scopes = typeof acsScope === "string" ? acsScope.split(",") : undefined;
  const issuedAt = dateOf(claims.iat);
  const expiresOn = dateOf(claims.exp);
  const expired = expiresOn && expiresOn.getTime() <= Date.now();
  const rows: [string, string | undefined][] = [
    ["User", id],
    ["Resource", typeof resourceId === "string" ? resourceId : undefined],
    ["Scopes", scopes?.join(", ")],
    ["Issued", issuedAt?.toISOString()],
    [expired ? "Expired" : "Expires", expiresOn && `${expiresOn.toISOString()}, ${relativeTime(expiresOn)}`],
  ];
  const known = ["skypeid", "resourceId", "acsScope", "iat", "exp"];
  const others = Object.entries(claims).filter(([name]) => !(isOfUser && known.includes(name)));
  const lines = [...rows, ...others.map(([name, value]) => [name, JSON.stringify(value)] as const)];
  const width = Math.max(...lines.map(([name]) => name.length));
  const output = new Output(invocation);
  output.answer(
    { id, scopes, issuedAt, expiresOn, expired, claims },
    lines.flatMap(([name, value]) => (value ? [escapeControls(`${name.padEnd(width)}  ${value}`)] : [])),
  );
  output.note(
    isOfUser
      ? "The signature wasn't verified, and a revoked token looks the same."
      : "This isn't a token of an ACS user. Is it one of Entra ID?",
  );
}
