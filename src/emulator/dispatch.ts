import { bodyLimitInBytes, handleRequest } from "../testing/handleRequest.js";
import { textResponse } from "../testing/wire/response.js";
import type { WireRequest, WireResponse } from "../testing/wire/wire.js";
import { adminRefusal, hostRefusal } from "./admin/access.js";
import { type AdminContext, adminResponse } from "./admin/admin.js";
import { snapshotLimitInBytes } from "./admin/snapshot.js";
import { preflightResponse, withCors } from "./cors.js";
import { managedIdentityResponse } from "./entra/managedIdentity.js";
import { pageFile, pagePaths } from "./page/page.js";
import type { RequestHead } from "./requestReader.js";

/** Returns the limit of a body in bytes. Only a snapshot may be large, unless a page of another origin sends it. */
export function bodyLimitOf({ ownHost }: AdminContext, head: RequestHead): number {
  const isSnapshot = head.method === "PUT" && head.target === "/_emulator/snapshot";
  return isSnapshot && !adminRefusal(head, ownHost) ? snapshotLimitInBytes : bodyLimitInBytes;
}

/** Routes a request to the admin API, the page, the Entra ID authority or the fake service. */
export async function dispatch(context: AdminContext, request: WireRequest): Promise<WireResponse> {
  await context.core.store.settled();
  return (
    (await adminResponse(context, request)) ??
    foreignHostResponse(context, request) ??
    (await pageResponse(request)) ??
    (await entraResponse(context, request)) ??
    preflightResponse(request) ??
    withCors(request, await handleRequest(context.core, request))
  );
}

/** The paths of the Entra ID authority and of managed identities, which give tokens to everybody. */
const signInPath =
  /^\/(?:[^/?]+\/(?:oauth2|v2\.0|discovery)\/|common\/discovery\/|msi\/token|metadata\/identity\/)/i;

/** Refuses the page and the sign-in endpoints to foreign host names. The service's routes have signatures instead. */
function foreignHostResponse({ ownHost }: AdminContext, request: WireRequest): WireResponse | undefined {
  const [path = ""] = request.target.split("?", 1);
  if (!pagePaths.includes(path) && !signInPath.test(path)) return undefined;
  const refused = hostRefusal(request, ownHost);
  return refused === undefined ? undefined : textResponse(403, "text/plain; charset=utf-8", refused);
}

/** Handles what the Entra ID authority needs a server for. The fake service handles the token endpoint. */
async function entraResponse(
  { core }: AdminContext,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const managed = await managedIdentityResponse(core, request);
  if (managed || !/^\/[^/?]+\/oauth2\//.test(request.target)) return managed;
  // Loaded lazily: most users of the emulator authenticate with an access key.
  const { signInResponse } = await import("./entra/signIn.js");
  return signInResponse(core, request);
}

async function pageResponse({ method, target }: WireRequest): Promise<WireResponse | undefined> {
  if (method !== "GET" && method !== "HEAD") return undefined;
  const file = await pageFile(target.split("?", 1)[0] ?? "");
  if (!file) return undefined;
  return textResponse(200, file.contentType, file.body, [
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
    ...file.headers,
  ]);
}
