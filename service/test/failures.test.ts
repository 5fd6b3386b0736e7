import { RestError } from "acs-identity";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LostCreation } from "../src/acs.js";
import { raiseAlarm, sortFailure, sortTeamsFailure } from "../src/failures.js";
import { ConfigurationFault, Problem } from "../src/problem.js";
import { StoreError } from "../src/store/storeError.js";
import { start } from "./inProcess.js";

/** The answer of ACS. */
const acs = (statusCode?: number, code?: string, retryAfterInMs?: number) =>
  Object.assign(new RestError("of ACS"), { statusCode, code, retryAfterInMs });
const database = (code?: string) => new StoreError(Object.assign(new Error("of PostgreSQL"), { code }));
/** What `@azure/identity` throws. */
const identity = (name: string, message: string) => Object.assign(new Error(message), { name });

const unavailable = (retryAfterInSeconds = 5) => ({ status: 503, code: "unavailable", retryAfterInSeconds });
const alarm = (name: string) => ({ name: "ConfigurationFault", alarm: name });
const noRole = "invalid_client: 401 Unauthorized: AADSTS7000215: Invalid client secret provided";
const noCredential =
  "CredentialUnavailableError: EnvironmentCredential is unavailable. No credential configured.";

describe("a failure", () => {
  it.each<[string, unknown, object]>([
    ["400 of ACS", acs(400, "ValidationError"), alarm("request")],
    ["401 of ACS", acs(401, "Denied"), alarm("credential")],
    ["401 of ACS because the user was deleted", acs(401, "IdentityNotOwned"), unavailable(1)],
    ["403 of ACS", acs(403, "Denied"), alarm("credential")],
    ["404 of ACS", acs(404), alarm("request")],
    ["408 of ACS", acs(408), unavailable()],
    ["409 of ACS", acs(409), alarm("request")],
    ["429 of ACS", acs(429), unavailable()],
    ["429 of ACS with Retry-After", acs(429, undefined, 16_001), unavailable(17)],
    ["499 of ACS", acs(499), alarm("request")],
    ["500 of ACS", acs(500), unavailable()],
    ["503 of ACS with Retry-After", acs(503, undefined, 1), unavailable(1)],
    ["a lost connection to ACS", acs(undefined, "ECONNRESET"), unavailable()],
    ["a creation that ACS answered with 408", new LostCreation(acs(408)), unavailable()],
    ["a creation that ACS answered with 503", new LostCreation(acs(503, undefined, 9_000)), unavailable(9)],
    ["a creation without an answer", new LostCreation(new Error("no id")), unavailable()],
    ["a login that PostgreSQL refuses", database("28P01"), alarm("database")],
    ["a role that PostgreSQL lacks", database("28000"), alarm("database")],
    ["a database that PostgreSQL lacks", database("3D000"), alarm("database")],
    ["a table that PostgreSQL lacks", database("42P01"), alarm("database")],
    ["a right that PostgreSQL withholds", database("42501"), alarm("database")],
    ["a PostgreSQL that stops", database("57P01"), unavailable()],
    ["a PostgreSQL with too many connections", database("53300"), unavailable()],
    ["an unreachable PostgreSQL", database("ECONNREFUSED"), unavailable()],
    ["a PostgreSQL that doesn't answer", database(), unavailable()],
    ["a migration that is missing", new StoreError("run the migrations", "42P01"), alarm("database")],
    ["no token for PostgreSQL", new StoreError(identity("AuthenticationError", noRole)), alarm("credential")],
    ...["AADSTS700016: …", "invalid_scope: …", "unauthorized_client", "access_denied", noRole].map(
      (message): [string, unknown, object] => [
        `Entra's ${message}`,
        identity("AuthenticationError", message),
        alarm("credential"),
      ],
    ),
    ["no credential", identity("CredentialUnavailableError", noCredential), alarm("credential")],
    ["no credentials", identity("AggregateAuthenticationError", noCredential), alarm("credential")],
    ["a sign-in of a person", identity("AuthenticationRequiredError", "invalid_grant"), alarm("credential")],
    ...["network_error", "endpoints_resolution_error", "server_error", "temporarily_unavailable", "503"].map(
      (message): [string, unknown, object] => [
        `an outage of Entra (${message})`,
        identity("AuthenticationError", message === "503" ? message : `${message}: invalid_client`),
        unavailable(),
      ],
    ),
    ["a caller who hangs up", new DOMException("", "AbortError"), unavailable()],
    ["a time limit", new DOMException("", "TimeoutError"), unavailable()],
    [
      "a bug",
      new TypeError("x is undefined"),
      { status: 500, code: "internal", cause: expect.any(TypeError) },
    ],
    ["a string", "x", { status: 500, code: "internal", retryAfterInSeconds: undefined, cause: "x" }],
  ])("is sorted by what can fix it: %s", (_, error, expected) => {
    const { name, status, code, alarm, retryAfterInSeconds, cause } = sortFailure(error) as Problem &
      ConfigurationFault;
    expect({ name, status, code, alarm, retryAfterInSeconds, cause }).toMatchObject(expected);
    if (name === "ConfigurationFault") expect(cause).toBeInstanceOf(Error);
  });

  it.each([new Problem("too-many-calls", ""), new ConfigurationFault("user", "", undefined)])(
    "that was sorted before stays as it is: $name",
    (failure) => expect(sortFailure(failure)).toBe(failure),
  );

  it.each<[number | undefined, string, string]>([
    [401, "InvalidAccessToken", "400 teams-token-refused"],
    [401, "Denied", "itself"],
    [400, "ValidationError", "403 teams-token-of-another"],
    [400, "Other", "itself"],
    [403, "Forbidden", "403 teams-not-permitted"],
    [403, "Denied", "itself"],
    [404, "ValidationError", "itself"],
    [undefined, "ECONNRESET", "itself"],
  ])("%s %s of an exchange is %s", (statusCode, code, expected) => {
    const error = acs(statusCode, code);
    const sorted = sortTeamsFailure(error);
    expect(sorted instanceof Problem ? `${sorted.status} ${sorted.code}` : sorted === error && "itself").toBe(
      expected,
    );
    expect(sortTeamsFailure(code)).toBe(code);
  });

  it("that only the operators can fix is logged with its cause", () => {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    raiseAlarm(new ConfigurationFault("credential", "refused", acs(401, "Denied")), log);
    const cause = expect.objectContaining({ statusCode: 401, code: "Denied" });
    expect(log.error.mock.calls).toEqual([[{ alarm: "credential", cause }, "refused"]]);
  });

  it("of the key or role returns a 500 without details, and raises an alarm", async () => {
    const service = await start(({ url }) => ({
      COMMUNICATION_CONNECTION_STRING: `endpoint=${url};accesskey=${btoa("another key")}`,
    }));
    onTestFinished(() => service.stop());
    const { status, headers, body } = await service.call("POST", "/token", await service.signIn("alice"));
    expect({ status, body }).toEqual({
      status: 500,
      body: {
        title: "Internal Server Error",
        status: 500,
        code: "internal",
        detail: "The service failed.",
        requestId: headers.get("X-Request-Id"),
      },
    });
    expect(headers.get("Retry-After")).toBeNull();
    expect(service.log.filter(({ alarm }) => alarm !== undefined)).toEqual([
      expect.objectContaining({
        level: 50,
        alarm: "credential",
        msg: "ACS refuses this service: a wrong key or a missing role",
        cause: expect.objectContaining({ statusCode: 401, code: "Denied" }),
        reqId: body.requestId,
      }),
    ]);
  });
});
