import type { LoggedRequest } from "../testing/requestLog.js";

/** The section of TROUBLESHOOTING.md for each kind of error; the first match counts. A test keeps them in sync. */
const sections: readonly (readonly [section: string, answer: RegExp])[] = [
  ["the-fake-and-msw", /An injected fault/],
  ["denied-the-clock", /^401 Denied .*(?:service's clock|isn't a date)/s],
  ["entra-id-errors-of-the-emulator", /AADSTS/],
  ["entra-id-credentials", /^401 Denied .*(?:bearer token|has no role)/s],
  ["denied-the-body", /^401 Denied .*content hash/s],
  ["denied-the-signature", /^401 Denied/],
  ["identitynotowned", /^401 IdentityNotOwned/],
  ["invalidaccesstoken", /^401 InvalidAccessToken/],
  ["invalid-scopes", /^400 ValidationError .*scopes/is],
  ["expiresinminutes", /^400 ValidationError .*ExpiresInMinutes/s],
  ["the-exchange-of-a-teams-users-token", /^400 ValidationError .*(?:AppId|UserId|AAD)/s],
  ["the-api-version", /^400 UnsupportedApiVersion/],
  ["any-other-400", /^400/],
  ["403-404-405-413-415", /^4(?:0[345]|1[35])/],
  ["429", /^429/],
  ["5xx-and-unreadable-answers", /^5/],
];

/** Returns where the help page explains an error, such as `/help#identitynotowned`. Undefined for other responses. */
export function troubleshootingOf({
  status = 0,
  code = "",
  message = "",
  diagnosis = "",
}: Pick<LoggedRequest, "status" | "code" | "message" | "diagnosis">): string | undefined {
  const answer = [status, code, message, diagnosis].join(" ");
  const section = status < 400 ? undefined : sections.find(([, pattern]) => pattern.test(answer))?.[0];
  return section && `/help#${section}`;
}
