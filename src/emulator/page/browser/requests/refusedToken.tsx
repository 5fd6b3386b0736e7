import type { JSX } from "preact";
import type { ListedRequest } from "../../../admin/models.js";
import { Claims } from "../inspect/inspectDialog.js";

/** Which claim a diagnosis is about. Tokens of version 2.0 name the application in `azp`. */
const findings: readonly (readonly [said: RegExp, ...claims: string[]])[] = [
  [/is meant for /, "aud"],
  [/claim exp\b|expired \d+ s ago|expires after/, "exp"],
  [/but not by its Entra ID authority/, "iss"],
  [/has no role|No (?:Entra )?assignment /, "oid"],
  [/is for the tenant /, "tid"],
  [/The (?:assignment's )?clientIds /, "appid", "azp"],
  [/claim scp |none of the scopes |is an application's own/, "scp"],
];

/** Shows the claims of the token that a request was refused for, the wrong one first. */
export function RefusedToken({ request }: { request: ListedRequest }): JSX.Element | null {
  const token = refusedToken(request);
  if (token === undefined) return null;
  const [, ...wrong] = findings.find(([said]) => said.test(request.diagnosis ?? "")) ?? [];
  return (
    <div class="part refused">
      <Claims token={token} title="The refused token" wrong={wrong} />
    </div>
  );
}

/** Returns the token if the log kept it, which it does only if the emulator's well-known keys verify it. */
function refusedToken({ status, headers, body, diagnosis = "" }: ListedRequest): string | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const [, bearer] = /^Bearer (eyJ.+)$/i.exec(headers.authorization ?? "") ?? [];
  if (/bearer token|has no role/.test(diagnosis)) return bearer;
  // The token of a Teams user is in the body.
  const own = typeof body === "object" && body !== null && "token" in body ? body.token : undefined;
  return typeof own === "string" && own.startsWith("eyJ") ? own : bearer;
}
