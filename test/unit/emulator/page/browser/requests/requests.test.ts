import { AzureKeyCredential } from "@azure/core-auth";
import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { beforeEach, describe, expect, it } from "vitest";
import type { ListedRequest, ListedRequestLine } from "../../../../../../src/emulator/admin/models.js";
import { CommunicationIdentityClient } from "../../../../../../src/index.js";
import { createFakeIdentityService } from "../../../../../../src/testing/index.js";
import { wellKnownAccessKeys } from "../../../../../../src/testing/state/accessKey.js";
import { stubBrowser } from "../stubBrowser.js";

stubBrowser();
beforeEach(() => stubBrowser());
const requests = await import("../../../../../../src/emulator/page/browser/requests/requests.js");
const list = await import("../../../../../../src/emulator/page/browser/requests/rows.js");

const id = "8:acs:00ac5000-1de4_1";
const request = (changes: object): ListedRequestLine =>
  ({
    number: 1,
    time: "2026-01-01T00:00:00Z",
    method: "POST",
    target: "/identities",
    durationInMs: 1,
    ...changes,
  }) as ListedRequestLine;

describe("a request on the page", () => {
  it.each([
    [{ status: 201 }, "success", "201"],
    [{ status: 399 }, "success", "399"],
    [{ status: 400, code: "ValidationError" }, "failure", "400 ValidationError"],
    [{}, "failure", "dropped"],
    [{ isFromDoctor: true, status: 401, code: "Denied" }, "expected", "401 Denied"],
    [{ isFromDoctor: true }, "expected", "dropped"],
    [{ isFromDoctor: true, status: 200 }, "success", "200"],
  ])("with %j is a %s: %s", (changes, outcome, text) => {
    expect(requests.outcomeOf(request(changes))).toBe(outcome);
    expect(requests.statusText(request(changes))).toBe(text);
  });

  it.each<[object, string, string | undefined]>([
    [{ operation: "createUser", userId: id }, "createUser", id],
    [{ operation: "deleteUser", target: `/identities/${id}?api-version=x` }, "deleteUser", id],
    [{ operation: "getToken", target: "/identities/8%3Aacs%3Ax/:issueAccessToken" }, "getToken", "8:acs:x"],
    [{ operation: "getToken", target: "//identities/%zz/:issueAccessToken" }, "getToken", "%zz"],
    [{ operation: "other", target: "/identities/:count", userId: id }, "other", id],
    [{ method: "GET", target: `/identities/${id}?x=y` }, `GET /identities/${id}`, undefined],
  ])("with %j is called %s and is about the user %s", (changes, title, userId) => {
    expect(requests.titleOf(request(changes))).toBe(title);
    expect(requests.userIdOf(request(changes))).toBe(userId);
  });

  it.each([
    ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true],
    ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", true],
    ["<b>00-1-2-3</b>", false],
    ["00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01", false],
    [undefined, false],
  ])("with the traceparent %s has a trace: %s", (traceparent, has) => {
    const ids = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
    const found = requests.traceOf({
      headers: traceparent === undefined ? {} : { traceparent },
    } as unknown as ListedRequest);
    expect(found).toEqual(has ? ids : {});
  });
});

describe("what mends the cause of a failure on the page", () => {
  const refused = {
    message: "AADSTS50011: The redirect URI",
    target: "/t/authorize?client_id=c&redirect_uri=a%3Ab",
  };
  const injected = { diagnosis: "An injected fault sent this response" };
  it.each([
    [refused, 0, { clientId: "c", uri: "a:b" }],
    [{ ...refused, message: "AADSTS500113: No reply address" }, 0, undefined],
    [{ topic: "denied-the-date" }, 1, undefined],
    [injected, 1, "faults"],
    [injected, 0, undefined],
    [{ diagnosis: "The body is empty" }, 1, undefined],
  ])("of %j, with %i faults waiting, is %j", (changes, faults, remedy) => {
    expect(requests.remedyOf(request(changes), faults)).toEqual(remedy);
  });

  const otherKey = btoa("another key");
  const setHash = (changed: PipelineRequest) => changed.headers.set("x-ms-content-sha256", otherKey);
  /** The Java client sends what it signed. */
  const sendText = ({ method, url, headers }: PipelineRequest) => {
    const { pathname, search, host } = new URL(url);
    const values = [headers.get("x-ms-date"), host, headers.get("x-ms-content-sha256")].join(";");
    headers.set("x-ms-hmac-string-to-sign-base64", btoa(`${method}\n${pathname}${search}\n${values}`));
  };
  it.each([
    ["is another one", otherKey, () => {}, "connection string"],
    ["is another one of the Java client", otherKey, sendText, "connection string"],
    ["is the well-known one of another service", wellKnownAccessKeys.primary, () => {}, "connection string"],
    ["isn't the cause, but a body that was changed", undefined, setHash, undefined],
  ])(
    "is the current connection string only if the key is the cause: it %s",
    async (_, key, change, remedy) => {
      const service = createFakeIdentityService({ accessKey: btoa("the key of this service") });
      const httpClient = {
        sendRequest: (sent: PipelineRequest) => {
          change(sent);
          return service.httpClient.sendRequest(sent);
        },
      };
      const credential = new AzureKeyCredential(key ?? service.accessKey);
      const client = new CommunicationIdentityClient(service.endpoint, credential, { httpClient });
      await expect(client.createUser()).rejects.toThrow("Denied");
      expect(requests.remedyOf(service.requests.at(-1) as unknown as ListedRequest, 0)).toBe(remedy);
    },
  );
});

it("a key that was regenerated is the cause, which the current connection string mends", async () => {
  const service = createFakeIdentityService();
  const { httpClient } = service;
  const client = new CommunicationIdentityClient(service.connectionString, { httpClient });
  service.regenerateKey("primary");
  await expect(client.createUser()).rejects.toThrow("Denied");
  const refused = service.requests.at(-1) as unknown as ListedRequest;
  expect(requests.remedyOf(refused, 0)).toBe("connection string");
});

describe("the page's list of requests", () => {
  const listed = [
    request({ number: 4, target: "/some%20where", method: "GET", status: 404 }),
    request({ number: 3, operation: "getToken", userId: `${id}2`, status: 200 }),
    request({ number: 2, operation: "createUser", isFromDoctor: true, status: 401, code: "Denied" }),
    request({ number: 1, operation: "createUser", status: undefined }),
  ];
  const change = (text: string, after: number) => ({ text, time: 0, after, isOwn: true });
  const changes = [change("Reset", 4), change("Frozen", 2), change("Expired", 0)];
  const shown = (onlyFailures: boolean, filter: string, from = listed) =>
    list
      .rowsOf(from, changes, onlyFailures, filter)
      .map((row) => (list.isRequest(row) ? row.number : row.text));

  it.each([
    [false, "", ["Reset", 4, 3, "Frozen", 2, 1, "Expired"]],
    [true, "", [4, 1]],
    [false, "GETTOKEN", [3]],
    [false, " getToken  200 ", [3]],
    [false, "some where", [4]],
    [false, "get 404", [4]],
    [false, "denied", [2]],
    [false, "dropped", [1]],
    [false, `${id}2`.toUpperCase(), [3]],
    [false, "createUser 404", []],
    [false, "froZEN", ["Frozen"]],
    [true, "frozen", []],
    [true, "createUser", [1]],
  ])("with only failures %s and the filter %j has %j", (onlyFailures, filter, rows) => {
    expect(shown(onlyFailures, filter)).toEqual(rows);
  });

  const ids = "8:acs:00ac5000-1de4-4717-8000-0000000000f5_5030feed-0000-4000-8000-00000047b508";
  const several = [
    request({
      number: 6,
      operation: "getToken",
      target: `/identities/${encodeURIComponent(ids)}/:issueAccessToken`,
      status: 401,
      code: "Denied",
      message: "Denied by the resource provider.",
      diagnosis: "The signature doesn't match. Is x-ms-date signed?",
      customId: "anna@contoso.com",
    }),
    request({ number: 5, operation: "getTokenForTeamsUser", userId: `${id}2`, status: 200 }),
    request({
      number: 4,
      operation: "createUser",
      status: 503,
      code: "Busy",
      diagnosis: "An injected fault",
    }),
    request({ number: 3, operation: "createUser", status: undefined, message: "dropped" }),
  ];

  it.each([
    ["signature", [6]],
    ["INJECTED", [4]],
    ["x-ms-date", [6]],
    ["5030feed-0000", [6]],
    [encodeURIComponent(ids), [6]],
    ["status:401", [6]],
    ["status:5xx", [4]],
    ["status:dropped", [3]],
    ["status:4", []],
    ["code:busy", [4]],
    ["user:anna", [6]],
    [`user:${ids}`, [6]],
    ["user:…47b508", [6]],
    ["user:0000", []],
    ["method:getToken", [6]],
    ["method:getTokenFor", [5]],
    ["method:create status:503", [4]],
    ["unknown:createUser", []],
  ])("finds by %j %j", (filter, numbers) => {
    expect(shown(false, filter, several)).toEqual(numbers);
  });

  it("takes a number for a whole word, even beside the letters of an id", () => {
    const all = [...several, request({ number: 7, userId: "8:acs:resource_00aa-e503a2" })];
    expect(["503", "50", "e503a2"].map((filter) => shown(false, filter, all))).toEqual([[4], [], [7]]);
  });

  it("tells kinds of failures apart by their reason without ids and numbers, and finds just these", () => {
    const failed = (number: number, message?: string, code = "ValidationError") =>
      request({ number, status: 400, code, message });
    const some = [
      failed(5, "Scopes are wrong."),
      failed(4, "The lifetime of 5 min is short; it is 60 at least"),
      failed(3, "The lifetime of 7 min is short: it is 60 at least"),
      failed(2, "Scopes are wrong.", "Other"),
      request({ number: 1, status: undefined }),
    ];
    const kinds = list.failureKinds(some);
    expect(kinds.map(({ text, count, filter }) => [text, count, shown(true, filter, some)])).toEqual([
      ["dropped", 1, [1]],
      ["400 Scopes are wrong", 1, [2]],
      ["400 The lifetime of 7 min is short", 2, [4, 3]],
      ["400 Scopes are wrong", 1, [5]],
    ]);
  });

  it("has rows that differ in their number or text and the time, since numbers restart", () => {
    const [one] = listed as [ListedRequestLine];
    const rows = [one, { ...one, time: "2026-01-02T00:00:00Z" }, { ...one, number: 5 }, ...changes];
    expect(new Set(rows.map(list.keyOf)).size).toBe(rows.length);
  });

  it.each([
    [false, "", /^No requests yet\. Start your app /],
    [true, "", /^No request has failed\.$/],
    [false, "x", /^No request matches “x”\.$/],
    [true, "x", /^No failed request matches “x”\.$/],
  ])("says why it is empty, with only failures %s and the filter %j", (onlyFailures, filter, text) => {
    expect(list.emptyText(onlyFailures, filter)).toMatch(text);
  });
});
