import type { OperationName, Route } from "../../generated/routes.js";
import { applyAfter, applyBefore } from "../faults/faults.js";
import type { Fake, FakeContext } from "../service/fake.js";
import type { Admission, Caller } from "../wire/admission.js";
import { requestedVersion } from "../wire/apiVersion.js";
import type { Call } from "../wire/call.js";
import { denied } from "../wire/httpError.js";
import type { ReceivedRequest } from "../wire/wire.js";
import { verifyBearer } from "./bearer.js";
import { verifyHmac } from "./hmac.js";

/**
 * The guard `service`: applies a waiting fault, then checks the caller, the API version and the rate limit. The command's doctor
 * looks for other problems, so no fault affects its requests.
 * @returns what it found out.
 * @throws HttpError, or ConnectionDroppedError if a fault asks for it.
 */
export async function admit({ fake }: FakeContext, call: Call, route: Route): Promise<Admission> {
  const { settings, clock, faults, throttle } = fake;
  await call.read();
  const { operation = route.operation } = call;
  const fault = call.isFromDoctor ? undefined : faults.take(operation);
  if (fault) await applyBefore(fault, call, fake.closed);
  const { received, query, remarks } = call;
  if (received.target.startsWith("//")) {
    remarks.push("The path was accepted under the tolerance js-doubled-slash");
  }
  const { caller, tolerance } = await authenticate(received, operation, fake);
  if (tolerance) remarks.push(`The signature was accepted under the tolerance ${tolerance}`);
  const { version, warning } = requestedVersion(
    received,
    { route, operation, query },
    settings.strictness === "loose",
  );
  if (warning) remarks.push(warning);
  throttle?.count(route, operation, clock.time);
  return { operation, caller, version, respond: (create) => applyAfter(fault, call, create) };
}

/**
 * Verifies a request by the scheme of its Authorization header.
 * @throws HttpError 401, with the reason in its diagnosis.
 */
export async function authenticate(
  request: ReceivedRequest,
  operation: OperationName,
  fake: Fake,
): Promise<{ caller: Caller; tolerance?: string | undefined }> {
  const authorization = request.headers.get("authorization") ?? "";
  const [scheme = ""] = authorization.split(" ", 1);
  switch (scheme.toLowerCase()) {
    case "hmac-sha256": {
      const { keyType, key, tolerance } = await verifyHmac(request, authorization, fake);
      return { caller: { kind: "accessKey", keyType, key: key.text }, tolerance };
    }
    case "bearer": {
      const token = authorization.slice(scheme.length + 1).trim();
      return { caller: { kind: "entra", ...(await verifyBearer(token, operation, fake)) } };
    }
    case "":
      throw denied("The request has no Authorization header");
    default:
      throw denied("The Authorization header must start with HMAC-SHA256 or Bearer");
  }
}
