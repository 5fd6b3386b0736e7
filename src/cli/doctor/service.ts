import { askAsCaller, askAsNobody, isAccepted, problemFromResponse } from "./ask.js";
import { type Check, hasLoopbackHost, Problem } from "./check.js";
import { keyLengthProblem, whereToCopy } from "./connectionSettings.js";
import { statusRemedies } from "./remedies.js";

/** The documentation doesn't say how far the date of a signature may be off. */
const reportedOffsetInMs = 5 * 60_000;

export const checkService: Check = async (findings) => {
  const { endpoint } = findings;
  const response = await askAsNobody(findings);
  const { status } = response;
  if (status === 401) return "it asks for a credential";
  if (status === 429 || status >= 500)
    throw problemFromResponse(`${endpoint.host} is busy or failing`, response);
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
  const response = await askAsCaller(findings);
  if (isAccepted(response)) return "the service accepts it";
  if (response.status !== 401) throw problemFromResponse(`${endpoint.host} refuses the request`, response);
  const length = keyLengthProblem(credential.key);
  throw problemFromResponse(
    length
      ? `The access key is cut off or damaged: ${length}`
      : `The access key isn't one of ${endpoint.host}`,
    response,
    `${length ? "Copy the whole key. " : ""}${whereToCopy(response.diagnosis !== undefined)}`,
  );
};
