/** The sections of TROUBLESHOOTING.md that explain error responses, by their anchors. */
export const topics = [
  "denied-the-signature",
  "denied-the-clock",
  "denied-the-body",
  "identitynotowned",
  "invalidaccesstoken",
  "invalid-scopes",
  "expiresinminutes",
  "the-exchange-of-a-teams-users-token",
  "the-api-version",
  "any-other-400",
  "403-404-405-413-415",
  "429",
  "5xx-and-unreadable-responses",
  "entra-id-credentials",
  "entra-id-no-role",
  "entra-id-errors-of-the-emulator",
  "the-fake-and-msw",
] as const;

export type Topic = (typeof topics)[number];

const topicsOfCodes: Readonly<Record<string, Topic>> = {
  Denied: "denied-the-signature",
  IdentityNotOwned: "identitynotowned",
  InvalidAccessToken: "invalidaccesstoken",
  UnsupportedApiVersion: "the-api-version",
};

/** By the lower-case `target` of a ValidationError. */
const topicsOfTargets: Readonly<Record<string, Topic>> = {
  scopes: "invalid-scopes",
  createtokenwithscopes: "invalid-scopes",
  expiresinminutes: "expiresinminutes",
  appid: "the-exchange-of-a-teams-users-token",
  userid: "the-exchange-of-a-teams-users-token",
};

/** Returns the topic of an error response for which its creator named none. */
export function topicOf(status: number, code: string, target: string = ""): Topic {
  const topic = topicsOfCodes[code] ?? topicsOfTargets[target.toLowerCase()];
  if (topic) return topic;
  if (status === 429) return "429";
  if (status >= 500) return "5xx-and-unreadable-responses";
  return status === 400 ? "any-other-400" : "403-404-405-413-415";
}
