import { expect, it } from "vitest";
import { HttpError } from "../../../../src/testing/wire/httpError.js";

it.each([
  ["denied-the-signature", [401, "Denied"]],
  ["identitynotowned", [401, "IdentityNotOwned"]],
  ["invalidaccesstoken", [401, "InvalidAccessToken"]],
  ["the-api-version", [400, "UnsupportedApiVersion"]],
  ["400", [400, "ApiVersionUnspecified"]],
  ["400", [400, "ValidationError", "principalType"]],
  ["invalid-scopes", [400, "ValidationError", "Scopes"]],
  ["invalid-scopes", [400, "ValidationError", "CreateTokenWithScopes"]],
  ["expiresinminutes", [400, "ValidationError", "ExpiresInMinutes"]],
  ["the-exchange-of-a-teams-users-token", [400, "ValidationError", "AppId"]],
  ["the-exchange-of-a-teams-users-token", [400, "ValidationError", "userId"]],
  ["403-404-405-413-415", [415, "UnsupportedMediaType"]],
  ["429", [429, "TooManyRequests"]],
  ["5xx-and-unreadable-responses", [500, "InternalServerError"]],
] as const)("a refusal has the topic %s for %j", (topic, [status, code, target]) => {
  const error = new HttpError(status, code, "", { ...(target && { target }) });
  expect([error.topic, error.name]).toEqual([topic, "HttpError"]);
});
