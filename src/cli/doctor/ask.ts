import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type RestError,
  type RestErrorInfo,
} from "acs-identity";
import { type Findings, hasLoopbackHost, Problem } from "./check.js";
import { statusRemedies, statusRemedy } from "./remedies.js";

export interface DoctorResponse {
  readonly endpoint: URL;
  readonly status: number;
  readonly code?: string | undefined;
  /** The emulator's explanation of a rejection, or else the service's message. */
  readonly reason?: string | undefined;
  /** The same explanation if the emulator is on a loopback host. Our advice follows it, so no other host may give it. */
  readonly diagnosis?: string | undefined;
  /** The section of TROUBLESHOOTING.md that goes with the diagnosis. */
  readonly topic?: string | undefined;
  /** The service's time. */
  readonly date?: Date | undefined;
}

/**
 * A user id that belongs to no resource. Requesting a token for it shows whether the service accepts the credential,
 * without changing anything: the service authenticates first (recorded: 401 `Denied`), and then has two reasons to
 * reject the request, the foreign id (recorded: 401 `IdentityNotOwned`) and the empty list of scopes (400). Apps call
 * this operation, too, so it requires the same role.
 */
const nobody = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

/** Sends the request with the credential. @throws Problem if there is no response. */
export function askAsCaller(findings: Findings): Promise<DoctorResponse> {
  return ask(findings, askingClient(findings));
}

const responsesToNobody = new WeakMap<Findings, Promise<DoctorResponse>>();

/** Sends the request without a credential, and only once. @throws Problem if there is no response. */
export function askAsNobody(findings: Findings): Promise<DoctorResponse> {
  const response = responsesToNobody.get(findings) ?? ask(findings, askingClient(findings, true));
  responsesToNobody.set(findings, response);
  return response;
}

function ask({ endpoint }: Findings, client: CommunicationIdentityClient): Promise<DoctorResponse> {
  return responseTo(client.getToken({ communicationUserId: nobody }, [], timeLimit), endpoint);
}

export const timeLimit = { requestOptions: { timeout: 15_000 } } as const;

/** Returns a client that asks once. An emulator doesn't take its requests for an app's, nor injects faults into them. */
export function askingClient(
  { connection, endpoint }: Pick<Findings, "connection" | "endpoint">,
  isNobody = false,
): CommunicationIdentityClient {
  const credential = isNobody ? new AzureKeyCredential(btoa("none")) : connection.credential;
  const policy: PipelinePolicy = {
    name: "Doctor",
    sendRequest(request, next) {
      if (isNobody) request.headers.delete("Authorization");
      if (hasLoopbackHost(endpoint)) request.headers.set("x-acs-identity-doctor", "1");
      return next(request);
    },
  };
  return new CommunicationIdentityClient(endpoint.href, credential, {
    ...connection.options,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: "acs-identity-doctor" },
    additionalPolicies: [{ policy, position: "perRetry" }],
  });
}

/** Returns the response to a call. @throws Problem if there is none. */
export async function responseTo(call: Promise<unknown>, endpoint: URL): Promise<DoctorResponse> {
  try {
    await call;
    return { endpoint, status: 200 };
  } catch (error) {
    // The client throws a TypeError before it sends anything, for example for an ID that can't be one.
    if (error instanceof TypeError) throw error;
    const { statusCode: status, code, name, details, response } = error as RestError & RestErrorInfo;
    if (status === undefined) {
      // The code of an error for a time limit is a number.
      const reason = typeof code === "string" ? code : name;
      throw new Problem(`${endpoint.host} didn't respond (${reason})`, statusRemedies.none);
    }
    const date = new Date(response?.headers.get("Date") ?? Number.NaN);
    const diagnosis = hasLoopbackHost(endpoint) ? details?.emulatorDiagnosis : undefined;
    return {
      endpoint,
      status,
      code,
      reason: details?.emulatorDiagnosis ?? details?.error?.message,
      diagnosis,
      topic: diagnosis && response?.headers.get("x-ms-emulator-topic"),
      date: Number.isNaN(date.getTime()) ? undefined : date,
    };
  }
}

/** Returns the problem of a refusal, with the remedy for its status unless there is a better one. */
export function problemFromResponse(what: string, response: DoctorResponse, remedy = ""): Problem {
  const { status, endpoint, diagnosis } = response;
  return new Problem(
    `${what} (${inWords(response)})`,
    remedy || statusRemedy(status, endpoint.href),
    diagnosis,
  );
}

/** The emulator's diagnosis ends with the string to sign, which only an expert reads. */
function inWords({ status, code, reason }: DoctorResponse): string {
  const cause = reason?.replace(/\. String to sign: .*/s, "");
  return [[status, code].filter(Boolean).join(" "), cause].filter(Boolean).join(": ");
}

/** Tells whether the service accepts the credential: it rejects the request in any case, but then for another reason. */
export function isAccepted({ status, code }: DoctorResponse): boolean {
  return status < 300 || status === 400 || code === "IdentityNotOwned";
}
