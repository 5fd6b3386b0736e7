import type { TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { AzureKeyCredential, CommunicationIdentityClient, isRestError } from "acs-identity";
import type { Findings } from "./check.js";
import { Problem } from "./check.js";

/** What the service answered. */
export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  /** The service's time. */
  readonly date: Date | undefined;
  /** Why the emulator refuses, in words. */
  readonly diagnosis: string | undefined;
}

/**
 * An id of no resource. A token for it can't be issued, so asking for one shows whether the service accepts the
 * credential, and can't change anything: the service authenticates first (recorded: 401 `Denied`), and then refuses
 * the request for two reasons of which each is enough, the foreign id (recorded: 401 `IdentityNotOwned`) and the empty
 * list of scopes (400). It is the operation that apps call, so that it asks for the role that they need.
 */
const nobody = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

const withoutCredential: PipelinePolicy = {
  name: "WithoutCredential",
  sendRequest(request, next) {
    request.headers.delete("Authorization");
    return next(request);
  },
};

/** Sends the request with the credential. @throws Problem when no answer comes. */
export function askAsCaller(findings: Findings): Promise<Reply> {
  return ask(findings, findings.connection.credential, []);
}

const repliesToNobody = new WeakMap<Findings, Promise<Reply>>();

/** Sends it without any credential, once. @throws Problem when no answer comes. */
export function askAsNobody(findings: Findings): Promise<Reply> {
  const reply =
    repliesToNobody.get(findings) ?? ask(findings, new AzureKeyCredential(btoa("none")), [withoutCredential]);
  repliesToNobody.set(findings, reply);
  return reply;
}

async function ask(
  { connection, endpoint }: Findings,
  credential: AzureKeyCredential | TokenCredential,
  policies: readonly PipelinePolicy[],
): Promise<Reply> {
  let reply: Reply | undefined;
  const options = {
    ...connection.options,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: policies.map((policy) => ({ policy, position: "perRetry" as const })),
  };
  const client =
    credential instanceof AzureKeyCredential
      ? new CommunicationIdentityClient(endpoint.href, credential, options)
      : new CommunicationIdentityClient(endpoint.href, credential, options);
  try {
    await client.getToken({ communicationUserId: nobody }, [], {
      requestOptions: { timeout: 15_000 },
      onResponse: ({ status, headers, parsedBody }) => {
        const date = new Date(headers.get("Date") ?? Number.NaN);
        reply = {
          status,
          code: (parsedBody as { error?: { code?: string } } | undefined)?.error?.code,
          date: Number.isNaN(date.getTime()) ? undefined : date,
          diagnosis: headers.get("x-ms-emulator-diagnosis"),
        };
      },
    });
  } catch (error) {
    if (!reply) {
      const code = isRestError(error) && error.code ? ` (${error.code})` : "";
      throw new Problem(
        `${endpoint.host} gave no answer${code}`,
        "Try again. If it stays so, look at what is between this machine and the service",
      );
    }
  }
  return reply ?? { status: 200, code: undefined, date: undefined, diagnosis: undefined };
}
