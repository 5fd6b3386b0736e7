import { createFakeIdentityService, type LoggedRequest } from "../../../../src/testing/index.js";

/** Sends a body to a fake, and returns what its log has of the request. */
export async function loggedRequest(
  body: string | Uint8Array<ArrayBuffer>,
  type = "application/json",
): Promise<LoggedRequest> {
  const service = createFakeIdentityService();
  const url = `${service.endpoint}identities?api-version=2023-10-01`;
  await service.fetch(url, { method: "POST", body, headers: { "content-type": type } });
  const [request] = service.requests;
  if (!request) throw new Error("No request was logged");
  return request;
}
