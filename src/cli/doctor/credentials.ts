import { type Claims, claimDate, readJwt } from "../../testing/jwt/jwt.js";
import { relativeTime } from "../dates.js";
import { askAsCaller, askAsNobody, problemFromReply, type Reply } from "./ask.js";
import { type Check, type Findings, hasLoopbackHost, Problem } from "./check.js";
import { doctorWithFile, keyLengthProblem, whereToCopy } from "./connectionSettings.js";
import { examineAuthority, explainEntraError } from "./entraErrors.js";
import { statusRemedies } from "./remedies.js";

const publicAudience = "https://communication.azure.com";
/** The second one is for the US Government. No source of Microsoft's confirms it. */
const knownAudiences = [publicAudience, "https://communication.azure.us"];

/** The documentation doesn't say how far the date of a signature may be off. */
const reportedOffsetInMs = 5 * 60_000;

export const checkService: Check = async (findings) => {
  const { endpoint } = findings;
  const reply = await askAsNobody(findings);
  const { status } = reply;
  if (status === 401) return "it asks for a credential";
  if (status === 429 || status >= 500) throw problemFromReply(`${endpoint.host} is busy or failing`, reply);
  if (status === 403) {
    throw new Problem(
      `${endpoint.host} refuses a request without a credential (403); the service returns 401`,
      "Check the endpoint. If it is right, a firewall, a proxy or the network rules of the resource refuse this machine",
    );
  }
  throw new Problem(
    `${endpoint.host} isn't the service: without a credential it returned ${status}; the service returns 401`,
    statusRemedies[404],
  );
};

export const checkClock: Check = async (findings) => {
  const { date } = await askAsNobody(findings);
  if (!date) return undefined;
  const offset = Date.now() - date.getTime();
  const seconds = Math.round(Math.abs(offset) / 1000);
  if (Math.abs(offset) <= reportedOffsetInMs) {
    return seconds > 60
      ? `${seconds} s from the service's, which the client corrects`
      : "agrees with the service's";
  }
  const { credential } = findings.connection;
  const effect =
    "key" in credential
      ? "The client signs with the service's time, so calls succeed, but expiry dates look wrong here"
      : "Calls succeed, but valid tokens can look expired here";
  return new Problem(
    `The clock of this machine is ${Math.round(seconds / 60)} minutes ${offset > 0 ? "ahead of" : "behind"} the service's. ${effect}`,
    // An emulator on this machine has the same clock, so it was told to differ.
    hasLoopbackHost(findings.endpoint)
      ? `If this is an emulator, somebody skewed its clock: undo that on its page, or set the machine's clock: ${clockCommand()}`
      : `Set the clock, for example: ${clockCommand()}`,
  );
};

function clockCommand(): string {
  if (process.platform === "win32") return "w32tm /resync (as an administrator)";
  return process.platform === "darwin" ? "sudo sntp -sS time.apple.com" : "timedatectl set-ntp true";
}

export const checkKey: Check = async (findings) => {
  const { endpoint, connection } = findings;
  const { credential } = connection;
  if (!("key" in credential)) return undefined;
  const reply = await askAsCaller(findings);
  if (isAccepted(reply)) return "the service accepts it";
  if (reply.status !== 401) throw problemFromReply(`${endpoint.host} refuses the request`, reply);
  const length = keyLengthProblem(credential.key);
  throw problemFromReply(
    length
      ? `The access key is cut off or damaged: ${length}`
      : `The access key isn't one of ${endpoint.host}`,
    reply,
    `${length ? "Copy the whole key. " : ""}${whereToCopy(reply.diagnosis !== undefined)}`,
  );
};

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
  const reply = await askAsCaller(findings);
  if (isAccepted(reply)) return `${describePrincipal(claims)} may use the resource`;
  throw refusedToken(claims, reply);
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
function refusedToken(claims: Claims, reply: Reply): Problem {
  const { status, topic, endpoint, diagnosis = "" } = reply;
  if (status === 403 || topic === "entra-id-no-role") {
    const remedy =
      diagnosis &&
      `Give it the role Communication and Email Service Owner under Entra ID on the emulator's page, ${endpoint.origin}`;
    return problemFromReply(
      `${describePrincipal(claims)} has no role on the resource`,
      { ...reply, reason: undefined },
      remedy,
    );
  }
  const audience = meantAudience(diagnosis);
  const remedy = audience
    ? `Ask for one with the scope ${audience}/.default: pass --audience ${audience} to the doctor and audience to the client`
    : `Is the resource in the tenant ${String(claims.tid)}? Does the principal have a role on the resource?`;
  const what = `The service refuses the token of ${describePrincipal(claims)}`;
  return problemFromReply(what, reply, status === 401 ? remedy : "");
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

/** Tells whether the service accepts the credential: it rejects the request in any case, but then for another reason. */
function isAccepted({ status, code }: Reply): boolean {
  return status < 300 || status === 400 || code === "IdentityNotOwned";
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
