import { type Claims, claimDate, readJwt } from "../../testing/jwt/jwt.js";
import { relativeTime } from "../dates.js";
import { askAsCaller, askAsNobody, type DoctorResponse, isAccepted, problemFromResponse } from "./ask.js";
import { type Check, type Findings, hasLoopbackHost, Problem } from "./check.js";
import { doctorWithFile } from "./connectionSettings.js";
import { examineAuthority, explainEntraError } from "./entraErrors.js";

const publicAudience = "https://communication.azure.com";
/** The second one is for the US Government. No source of Microsoft's confirms it. */
const knownAudiences = [publicAudience, "https://communication.azure.us"];

export const checkEntraToken: Check = async (findings) => {
  const { credential, options } = findings.connection;
  if ("key" in credential) return undefined;
  const audience = (options.audience ?? publicAudience).replace(/\/$/, "");
  // The client requests two slashes, because one of them is part of the audience. Entra ID takes one, too.
  const scope = `${audience}/.default`;
  const { token } = (await credential.getToken(`${audience}//.default`).catch((error: Error) => {
    return explainMissingToken(error, findings);
  })) ?? { token: "" };
  const claims = readJwt(token)?.claims;
  if (!claims) throw new Problem("The token isn't a JWT", `Ask for one with the scope ${scope}`);
  const isMeant = [options.audience === undefined ? knownAudiences : audience]
    .flat()
    .some((each) => [claims.aud].flat().some((aud) => aud === each || aud === `${each}/`));
  if (!isMeant) {
    throw new Problem(
      `The token is for another audience: ${JSON.stringify(claims.aud)}`,
      `Ask for one with the scope ${scope}, or with az account get-access-token --resource ${audience}`,
    );
  }
  // The service judges the expiry by its own clock.
  checkExpiry(claims, (await askAsNobody(findings)).date?.getTime());
  const response = await askAsCaller(findings);
  if (isAccepted(response)) return `${describePrincipal(claims)} may use the resource`;
  throw refusedToken(claims, response);
};

const signIn = "az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";

/** @throws Problem with the reason why there is no token. */
async function explainMissingToken(
  { name, message }: Error,
  { endpoint, environment }: Findings,
): Promise<never> {
  const explained = explainEntraError(message, environment);
  if (hasLoopbackHost(endpoint) && environment.AZURE_AUTHORITY_HOST === undefined) {
    throw new Problem(
      `Couldn't get a token for an emulator: AZURE_AUTHORITY_HOST isn't set (${explained?.text ?? firstLine(message)})`,
      `Set the AZURE_ variables that the emulator prints with --https. If they are in a .env file: ${doctorWithFile} --endpoint ${endpoint.origin}`,
      message,
    );
  }
  const { text, remedy } = explained ?? (await examineAuthority(environment)) ?? {};
  if (text) throw new Problem(`Couldn't get a token: ${text}`, remedy ?? signIn, message);
  if (/^(?:Aggregate|CredentialUnavailable)/.test(name)) {
    throw new Problem("Nobody is signed in: no credential of @azure/identity is available", signIn, message);
  }
  throw new Problem(`Couldn't get a token: ${firstLine(message)}`, signIn, message);
}

function checkExpiry({ exp }: Claims, now: number = Date.now()): void {
  const expiresOn = claimDate(exp);
  if (!expiresOn || expiresOn.getTime() > now) return;
  throw new Problem(
    `The token expired ${relativeTime(expiresOn, now)}`,
    "Get a new one. A credential of @azure/identity does that by itself; don't keep its tokens",
  );
}

/** The status for a missing role isn't documented, so the message for 401 mentions the role as well. */
function refusedToken(claims: Claims, response: DoctorResponse): Problem {
  const { status, topic, endpoint, diagnosis = "" } = response;
  if (status === 403 || topic === "entra-id-no-role") {
    const remedy =
      diagnosis &&
      `Give it the role Communication and Email Service Owner under Entra ID on the emulator's page, ${endpoint.origin}`;
    return problemFromResponse(
      `${describePrincipal(claims)} has no role on the resource`,
      { ...response, reason: undefined },
      remedy,
    );
  }
  const audience = meantAudience(diagnosis);
  const remedy = audience
    ? `Ask for one with the scope ${audience}/.default: pass --audience ${audience} to the doctor and audience to the client`
    : `Is the resource in the tenant ${String(claims.tid)}? Does the principal have a role on the resource?`;
  const what = `The service refuses the token of ${describePrincipal(claims)}`;
  return problemFromResponse(what, response, status === 401 ? remedy : "");
}

/** Returns the audience that a diagnosis of the emulator asks for. */
function meantAudience(diagnosis: string): string | undefined {
  const [, ...asked] = diagnosis.includes(" is meant for ") ? diagnosis.split(", not for ") : [];
  return asked.at(-1)?.replace(/\/$/, "");
}

function describePrincipal({ appid, azp, oid, tid }: Claims): string {
  const principal = appid ?? azp ?? oid;
  return `${principal === appid || principal === azp ? "application" : "user"} ${String(principal)} of tenant ${String(tid)}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
