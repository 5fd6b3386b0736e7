import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { AzureKeyCredential, CommunicationIdentityClient, isRestError } from "acs-identity";
import { doctorUserAgent } from "../../emulator/probe.js";
import type { Connection } from "../connection.js";
import { type Findings, Problem } from "./check.js";

/** The service's response. */
export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  /** The service's time. */
  readonly date: Date | undefined;
  /** The emulator's explanation of a rejection. Undefined unless it is on a loopback host. */
  readonly diagnosis: string | undefined;
  /** The section of TROUBLESHOOTING.md that goes with it. */
  readonly topic: string | undefined;
}

/**
 * A user id that belongs to no resource. Requesting a token for it shows whether the service accepts the credential,
 * without changing anything: the service authenticates first (recorded: 401 `Denied`), and then has two reasons to
 * reject the request, the foreign id (recorded: 401 `IdentityNotOwned`) and the empty list of scopes (400). Apps call
 * this operation, too, so it requires the same role.
 */
const nobody = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

const withoutCredential: PipelinePolicy = {
  name: "WithoutCredential",
  sendRequest(request, next) {
    request.headers.delete("Authorization");
    return next(request);
  },
};

/** Sends the request with the credential. @throws Problem if there is no response. */
export function askAsCaller(findings: Findings): Promise<Reply> {
  return ask(findings, findings.connection.credential);
}

const repliesToNobody = new WeakMap<Findings, Promise<Reply>>();

/** Sends the request without a credential, and only once. @throws Problem if there is no response. */
export function askAsNobody(findings: Findings): Promise<Reply> {
  const reply =
    repliesToNobody.get(findings) ?? ask(findings, new AzureKeyCredential(btoa("none")), [withoutCredential]);
  repliesToNobody.set(findings, reply);
  return reply;
}

/** Returns a client that asks once, and whose requests the emulator doesn't show as failures. */
export function askingClient(
  { connection, endpoint }: Pick<Findings, "connection" | "endpoint">,
  credential: Connection["credential"],
  policies: readonly PipelinePolicy[] = [],
): CommunicationIdentityClient {
  return new CommunicationIdentityClient(endpoint.href, credential, {
    ...connection.options,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: doctorUserAgent },
    additionalPolicies: policies.map((policy) => ({ policy, position: "perRetry" as const })),
  });
}

async function ask(...parameters: Parameters<typeof askingClient>): Promise<Reply> {
  const [{ endpoint }] = parameters;
  const client = askingClient(...parameters);
  try {
    await client.getToken({ communicationUserId: nobody }, [], { requestOptions: { timeout: 15_000 } });
  } catch (error) {
    if (isRestError(error) && error.statusCode !== undefined) {
      const { statusCode: status, code, details, response } = error;
      const date = new Date(response?.headers.get("Date") ?? Number.NaN);
      const diagnosis = details?.emulatorDiagnosis;
      const topic = diagnosis && response?.headers.get("x-ms-emulator-topic");
      return { status, code, date: Number.isNaN(date.getTime()) ? undefined : date, diagnosis, topic };
    }
    const code = isRestError(error) && error.code ? ` (${error.code})` : "";
    throw new Problem(
      `${endpoint.host} didn't respond${code}`,
      "Try again. If it keeps failing, check what is between this machine and the service",
    );
  }
  return { status: 200, code: undefined, date: undefined, diagnosis: undefined, topic: undefined };
}
