// @vitest-environment happy-dom
import { screen, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  alerts,
  announced,
  click,
  directoryOf,
  hasButton,
  infoOf,
  openPage,
  Refusal,
  requestOf,
  type StubbedApi,
  settle,
} from "../openPage.js";

const { origin } = location;

/** Opens the request, and returns what is beside the list. */
async function openRequest(
  changes: Parameters<typeof requestOf>[0],
  more: Partial<StubbedApi> = {},
): Promise<StubbedApi & { readonly pane: HTMLElement }> {
  const api = await openPage("request-1", { requests: [requestOf(changes)], ...more });
  return Object.assign(api, { pane: regionOf() });
}

const regionOf = () => screen.getAllByRole("region").at(-1) as HTMLElement;
const has = (text: string | RegExp) => within(regionOf()).queryAllByText(text).length > 0;

describe("a request", () => {
  it("shows what was sent and what came back, and copies either body", async () => {
    const api = await openRequest({
      body: { createTokenWithScopes: ["voip"] },
      bodyText: ' {"createTokenWithScopes":["voip"]}',
      responseBody: { identity: { id: "alice" } },
      responseHeaders: { "x-ms-request-id": "5" },
      headers: { host: location.host, "x-own": "1" },
    });
    expect(api.reads).toContain("GET /requests/1");
    expect(within(api.pane).getByRole("heading", { level: 2 }).textContent).toMatch(/^createUser\s*201$/);
    expect(has(`POST ${origin}/identities?api-version=2023-10-01`)).toBe(true);
    expect([has("2 headers"), has("1 header")]).toEqual([true, true]);
    expect(has("No body")).toBe(false);
    await click("Copy body of the request");
    expect(api.copied).toBe(' {"createTokenWithScopes":["voip"]}');
    await click("Copy body of the response");
    expect(JSON.parse(api.copied ?? "")).toEqual({ identity: { id: "alice" } });
  });

  it("names the user, and whose ids of Entra ID it has, as far as the emulator knows", async () => {
    const [bob, app, unknown] = [5, 6, 7].map((digit) => `00ac5000-0b0b-4717-8000-00000000000${digit}`);
    const directory = directoryOf({
      users: [{ objectId: bob, name: "Bob", username: "bob@contoso.com" }] as never,
      applications: [{ objectId: "o", clientId: app, name: "console" }] as never,
    });
    await openRequest(
      {
        userId: "8:acs:resource_alice-00a11ce",
        customId: "alice",
        diagnosis: `No Entra assignment is for the user ${bob?.toUpperCase()}`,
        body: { clientIds: [app, unknown] },
      } as object,
      { directory },
    );
    const facts = within(regionOf())
      .queryAllByRole("definition")
      .map(({ textContent }) => textContent);
    expect(facts).toEqual([
      expect.stringMatching(/^alice …0a11ce/),
      `Bob (bob@contoso.com) ${bob}`,
      `console ${app}`,
    ]);
  });

  it("without bodies has none to copy", async () => {
    const { pane } = await openRequest({ headers: {} });
    expect(within(pane).getAllByText("No body")).toHaveLength(2);
    expect(hasButton(/^Copy body/)).toBe(false);
    expect(has("As received")).toBe(false);
  });

  it("that got no response says that the connection was closed", async () => {
    await openRequest({ status: undefined });
    expect(has("The connection was closed without a response.")).toBe(true);
    expect(has("dropped")).toBe(true);
  });

  it("that isn't kept any more says why it can't be shown", async () => {
    await openPage("request-9", {
      answers: { "GET /requests/9": new Refusal(404, { message: "No request 9" }) },
    });
    expect(alerts()).toEqual([expect.stringContaining("No request 9")]);
    expect(within(regionOf()).getByRole("heading", { level: 2 }).textContent).toMatch(/^Request 9/);
    expect(hasButton(/^Copy as/)).toBe(false);
  });

  it("stays while it is read again, because it left the list", async () => {
    const api = await openRequest({ responseBody: "kept" });
    const body = screen.getByText("kept");
    api.answers["GET /requests/1"] = () => new Promise(() => {});
    api.requests = [requestOf({ number: 2 })];
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(api.reads.filter((each) => each === "GET /requests/1")).toHaveLength(3);
    expect(screen.getByText("kept")).toBe(body);
  });

  it("isn't taken for another one that was opened meanwhile, and is answered first", async () => {
    let answer: (request: unknown) => void = () => {};
    const requests = [requestOf({ number: 2, operation: "getToken" }), requestOf()];
    const answers = {
      "GET /requests/1": () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    };
    await openPage("request-1", { requests, answers });
    await click(/getToken/, screen.getByRole("list", { name: "Requests" }), "link");
    answer(requests[1]);
    await settle();
    expect(within(regionOf()).getByRole("heading", { level: 2 }).textContent).toMatch(/^getToken/);
  });

  it("isn't shown in place of the next one, which is still being read", async () => {
    const requests = [requestOf({ number: 2, operation: "getToken" }), requestOf()];
    const answers = { "GET /requests/2": () => new Promise(() => {}) };
    await openPage("request-1", { requests, answers });
    await click(/getToken/, screen.getByRole("list", { name: "Requests" }), "link");
    expect(within(regionOf()).getByRole("heading", { level: 2 }).textContent).toMatch(/^Request 2/);
  });

  it("is closed by its button, which returns to where it was opened", async () => {
    await openPage("settings", { requests: [requestOf()] });
    await click(/createUser/, screen.getByRole("list", { name: "Requests" }), "link");
    expect(location.hash).toBe("#/request-1");
    await click("Close");
    expect(location.hash).toBe("#/settings");
    expect(has("Access keys")).toBe(true);
  });
});

describe("the tries of a call", () => {
  const tryOf = (number: number, status: number, clientRequestId: string) =>
    ({ ...requestOf({ number, status }), clientRequestId }) as ReturnType<typeof requestOf>;

  it("link to each other, and stand in the order in which they came", async () => {
    const requests = [tryOf(4, 201, "a"), tryOf(3, 201, "b"), tryOf(2, 503, "a"), tryOf(1, 429, "a")];
    await openPage("request-2", { requests });
    const said = screen.getByText(/^Try 2 of 3 with this client request id:/);
    const links = within(said).getAllByRole<HTMLAnchorElement>("link");
    expect(links.map(({ textContent, hash }) => [textContent, hash])).toEqual([
      ["1 (429)", "#/request-1"],
      ["4 (201)", "#/request-4"],
    ]);
    await click(/201.*/, screen.getByRole("list", { name: "Requests" }).children[1] as HTMLElement, "link");
    expect(location.hash).toBe("#/request-3");
    expect(has(/^Try /)).toBe(false);
  });

  it("aren't those of requests without an id", async () => {
    await openPage("request-2", { requests: [requestOf({ number: 2 }), requestOf()] });
    expect(has(/^Try /)).toBe(false);
  });
});

describe("the user and the trace of a request", () => {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

  it("are shown with what to do with them", async () => {
    const userId = "8:acs:resource_alice-00a11ce";
    const api = await openRequest({ userId, headers: { traceparent } });
    await click("Copy trace id");
    expect(api.copied).toBe("a".repeat(32));
    await click("Show user");
    expect(location.hash).toBe("#/users");
    expect(api.reads).toContainEqual(
      expect.stringMatching(/^GET \/users\?.*search=8%3Aacs%3Aresource_alice-00a11ce$/),
    );
    expect(screen.getByLabelText<HTMLInputElement>(/^Search users/).value).toBe(userId);
  });

  it("have no row if they aren't known", async () => {
    await openRequest({});
    expect([hasButton("Show user"), hasButton("Copy trace id")]).toEqual([false, false]);
  });
});

describe("why a request failed", () => {
  const failed = {
    status: 401,
    message: "Denied.",
    diagnosis: "The signature differs.",
    topic: "denied-the-signature",
  };

  it("is said by the service and by the emulator, with a link to the help", async () => {
    await openRequest(failed);
    expect([has("Denied."), has("The signature differs.")]).toEqual([true, true]);
    const help = within(regionOf()).getByRole("link", { name: "How to fix this" });
    expect(help.getAttribute("href")).toBe("/help#denied-the-signature");
  });

  it("shows a text of several lines that it quotes line by line", async () => {
    await openRequest({ ...failed, diagnosis: 'Signed: "POST\\n/identities" by the key' });
    expect([has("POST"), has("/identities"), has("by the key")]).toEqual([true, true, true]);
  });

  it("isn't a failure if the doctor expected it", async () => {
    await openRequest({ ...failed, isFromDoctor: true });
    expect(has(/^The doctor sent this to see it refused/)).toBe(true);
    expect(has("The signature differs.")).toBe(false);
  });

  it("isn't there for a success", async () => {
    await openRequest({});
    expect(has(/doctor sent this/)).toBe(false);
    expect(hasButton(/^(?:Stop|Allow|Copy the current)/)).toBe(false);
  });

  it("is mended by a connection string with the present key if the key was another one", async () => {
    const diagnosis = "The signature doesn't match. The client used the primary access key from before";
    const api = await openRequest({ ...failed, diagnosis });
    await click(/^Copy the current connection string/i);
    expect(api.copied).toBe(`endpoint=${origin}/;accesskey=${btoa("acs-identity emulator: first")}`);
  });

  it.each([
    [1, "Stop the fault", "1 fault stopped"],
    [3, "Stop all 3 faults", "3 faults stopped"],
  ])("is mended by stopping %i faults if one was injected", async (faults, name, text) => {
    const api = await openRequest(
      { status: 503, diagnosis: "An injected fault." },
      { info: infoOf({ faults }) },
    );
    await click(name);
    expect(api.changes).toEqual([["DELETE /faults"]]);
    expect(announced()).toBe(text);
  });

  it("is called an injected fault once", async () => {
    const diagnosis = "An injected fault sent this response";
    await openRequest({ status: 503, diagnosis, message: "This fault was injected." });
    expect([has(diagnosis), has("This fault was injected.")]).toEqual([true, false]);
  });

  it("can't be mended if the faults are over", async () => {
    await openRequest({ status: 503, diagnosis: "An injected fault." });
    expect(hasButton(/^Stop/)).toBe(false);
  });

  const uri = "https://app.example/";
  const signIn = {
    operation: undefined,
    status: 400,
    target: `/tenant/oauth2/v2.0/authorize?client_id=client&redirect_uri=${encodeURIComponent(uri)}`,
    message: "AADSTS50011: The redirect URI isn't allowed.",
  };

  it("is mended by allowing the redirect URI that a sign-in was refused for", async () => {
    const api = await openRequest(signIn);
    await click("Allow this redirect URI");
    expect(api.changes).toEqual([["POST /entra/applications", { clientId: "client", redirectUris: [uri] }]]);
    expect(announced()).toBe(`${uri} was allowed`);
    expect(has("Allowed now. Sign in again.")).toBe(true);
    expect(hasButton("Allow this redirect URI")).toBe(false);
  });

  it("isn't mended if the emulator refuses to allow the redirect URI, and the pane says why", async () => {
    const answers = { "POST /entra/applications": new Refusal(500, { message: "Disk full" }) };
    await openRequest(signIn, { answers });
    await click("Allow this redirect URI");
    expect(alerts()).toEqual([expect.stringContaining("Disk full")]);
    expect([hasButton("Allow this redirect URI"), has("Allowed now. Sign in again.")]).toEqual([true, false]);
  });
});

describe("Copy as curl", () => {
  it("copies a command, and says what it sends", async () => {
    const api = await openRequest({
      body: { a: 1 },
      headers: { host: location.host, "content-type": "application/json" },
    });
    expect(has(/^Copy as curl sends the same again\./)).toBe(true);
    await click("Copy as curl");
    expect(api.copied).toContain(
      `curl -ig --path-as-is -X POST '${origin}/identities?api-version=2023-10-01'`,
    );
    expect(announced()).toBe("Copied as curl");
    await settle(1500);
    expect(screen.getByRole("button", { name: "Copy as curl" }).textContent).toBe("Copy as curl");
  });

  it("copies nothing where it isn't possible, and says why", async () => {
    const api = await openRequest({ body: "<5000000 bytes>" });
    expect(has(/^Copy as curl isn't possible: its body wasn't kept\.$/)).toBe(true);
    await click("Copy as curl");
    expect([api.copied, announced()]).toEqual([undefined, ""]);
    expect(screen.getByRole("button", { name: "Copy as curl" }).getAttribute("aria-disabled")).toBe("true");
  });
});

describe("Send again", () => {
  const refused = {
    status: 401,
    code: "Denied",
    headers: { host: location.host, authorization: "HMAC-SHA256 Signature=<cut>" },
    responseBody: { error: { code: "Denied" } },
  };

  it("sends the request with a new token, and shows the new response beside the old one", async () => {
    const api = await openRequest(refused, { answers: { "POST /entraTokens": { token: "a new token" } } });
    api.answers[`POST ${origin}/identities?api-version=2023-10-01`] = () => {
      const sent = requestOf({ number: 2, status: 201, responseBody: { identity: { id: "alice" } } });
      api.requests = [sent, ...api.requests];
      return {};
    };
    await click("Send again");
    expect(api.changes.map(([name]) => name)).toEqual([
      "POST /entraTokens",
      `POST ${origin}/identities?api-version=2023-10-01`,
    ]);
    expect(location.hash).toBe("#/request-2");
    const rows = screen.getAllByRole("row").map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ["Part", "Request 1", "Request 2"],
      ["status", "401 Denied", "201"],
      ["error.code", "Denied", "–"],
      ["identity.id", "–", "alice"],
    ]);
    expect([...document.querySelectorAll("mark")].map(({ textContent }) => textContent)).toEqual([
      "201",
      "–",
      "alice",
    ]);
  });

  it("compares the new response with that of the request that was repeated, not with the newest before it", async () => {
    const requests = [3, 2, 1].map((number) => requestOf({ number }));
    const api = await openPage("request-2", { requests });
    api.answers[`POST ${origin}/identities?api-version=2023-10-01`] = () => {
      api.requests = [requestOf({ number: 4 }), ...requests];
      return {};
    };
    await click("Send again");
    expect(location.hash).toBe("#/request-4");
    const columns = screen.getAllByRole("columnheader").map(({ textContent }) => textContent);
    expect(columns).toEqual(["Part", "Request 2", "Request 4"]);
  });

  it.each([
    ["isn't for a route of the service", { operation: undefined, target: "/unknown" }],
    ["has lost a part of its body", { body: { refreshToken: "<cut>" } }],
    ["has lost its whole body", { body: "<5000 bytes>" }],
  ])("isn't offered for a request that %s", async (_, changes) => {
    await openRequest(changes);
    expect(hasButton("Send again")).toBe(false);
  });

  it("isn't needed to compare a request with the one before it", async () => {
    const requests = [requestOf({ number: 3 }), requestOf({ number: 2, operation: "getToken" }), requestOf()];
    await openPage("request-3", { requests });
    await click("Compare with request 1");
    expect(screen.getByRole("heading", { name: "Compared with request 1" })).toBeDefined();
    expect(document.querySelector("mark")).toBeNull();
  });

  it.each([
    [3, ["Compare with request 2"]],
    [2, ["Compare with request 1"]],
    [1, []],
  ])("isn't needed to compare request %i with the newest older one: %j", async (number, names) => {
    const requests = [3, 2, 1].map((each) => requestOf({ number: each }));
    await openPage(`request-${number}`, { requests });
    const buttons = screen.queryAllByRole("button", { name: /^Compare with/ });
    expect(buttons.map(({ textContent }) => textContent)).toEqual(names);
  });

  it("isn't needed to see first what differed in two requests", async () => {
    const request = (number: number, scope: string) =>
      requestOf({ number, body: { createTokenWithScopes: [scope] } });
    await openPage("request-2", { requests: [request(2, "chat"), request(1, "voip")] });
    await click("Compare with request 1");
    const [, first] = screen.getAllByRole("row");
    expect([...(first?.children ?? [])].map(({ textContent }) => textContent)).toEqual([
      "request.createTokenWithScopes.0",
      "voip",
      "chat",
    ]);
  });

  it("isn't needed to see first what only the newer request had, and only what differs for a reason marked", async () => {
    const token = (end: string) => `eyJ${"a".repeat(200)}${end}`;
    const request = (number: number, body: object) =>
      requestOf({
        number,
        body,
        responseBody: { identity: { id: `user ${number}` }, accessToken: { token: token(`${number}`) } },
        responseHeaders: { date: `${number}`, "x-ms-request-id": `${number}`, vary: `${number}` },
      });
    await openPage("request-2", {
      requests: [request(2, { customId: "2", token: "2" }), request(1, { token: "1" })],
    });
    await click("Compare with request 1");
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows.slice(0, 2).map(({ firstChild }) => firstChild?.textContent)).toEqual([
      "request.token",
      "request.customId",
    ]);
    const marked = rows.filter((row) => row.querySelector("mark"));
    expect(marked.map(({ firstChild }) => firstChild?.textContent)).toEqual([
      "request.token",
      "request.customId",
      "vary",
    ]);
    expect(screen.getByRole("row", { name: /^accessToken\.token eyJa+…a+1 eyJa+…a+2$/ }).className).toBe(
      "muted",
    );
  });
});

describe("a principal without a role", () => {
  const objectId = "00ac5000-0b0b-4717-8000-000000000005";
  const diagnosis = `The user ${objectId} has no role on this resource. Assign it`;

  it("has its name beside the request, and gets the role by a click", async () => {
    const user = {
      objectId,
      name: "Bob",
      username: "bob@contoso.com",
      hasRole: false,
      hasTeamsLicense: false,
    };
    const directory = (hasRole: boolean) => directoryOf({ users: [{ ...user, hasRole }] as never });
    const api = await openRequest({ status: 401, diagnosis }, { directory: directory(false) });
    api.answers["POST /entra/users"] = () => {
      Object.assign(api, { directory: directory(true), info: infoOf({ revision: 2 }) });
      return {};
    };
    await click("Give Bob (bob@contoso.com) the role");
    expect(api.changes).toEqual([["POST /entra/users", { objectId, hasRole: true }]]);
    expect(has("Bob (bob@contoso.com) has the role now.")).toBe(true);
  });
});

describe("a refused token", () => {
  const objectId = "00ac5000-0b0b-4717-8000-000000000005";
  const jwt = (content: object) => `eyJ9.${btoa(JSON.stringify(content))}.x`;
  const claims = {
    aud: "https://graph.microsoft.com",
    exp: 1,
    iss: "https://sts.windows.net/",
    oid: objectId,
    appid: "00ac5000-0b0b-4717-8000-000000000009",
    scp: "User.Read",
  };
  const directory = directoryOf({ users: [{ objectId, name: "Bob", username: "bob@contoso.com" }] as never });
  const bearer = { authorization: `Bearer ${jwt(claims)}` };
  const factsOf = (claim: string) => {
    const term = within(regionOf())
      .queryAllByRole("term")
      .find(({ textContent }) => textContent === claim);
    return term?.nextElementSibling?.textContent;
  };
  const marks = () => [...regionOf().querySelectorAll("mark")].map(({ textContent }) => textContent);

  it("shows its claims, with the name of whom the emulator knows", async () => {
    const diagnosis = 'The bearer token is meant for "https://graph.microsoft.com", not for https://x/';
    await openRequest({ status: 401, diagnosis, headers: bearer }, { directory });
    expect(marks()).toEqual(["https://graph.microsoft.com · refused for this"]);
    expect(factsOf("oid")).toBe(`${objectId} · Bob (bob@contoso.com)`);
    expect(factsOf("appid")).toBe("00ac5000-0b0b-4717-8000-000000000009");
  });

  it.each([
    ["The bearer token expired 5 s ago", /^1 · Jan 1, 1970/],
    [`The user ${objectId} has no role on this resource. Assign it`, /Bob/],
    ["The Entra assignment of the user x is for the tenant a, but the token is of the tenant b", /^missing/],
    [`The clientIds of the Entra assignment of the user x don't contain y`, /09 /],
    ["The assignment's clientIds don't contain y", /09 /],
    ["No assignment for tenant x and object y: PUT /access", /Bob/],
    ["The token's claim scp doesn't contain TeamsExtension.ManageCalls", /^User.Read/],
  ])("has the claim marked that is wrong: %s", async (diagnosis, marked) => {
    await openRequest({ status: 403, diagnosis, headers: bearer }, { directory });
    expect(marks()).toEqual([expect.stringMatching(marked)]);
  });

  it("is found in the body, and is shown for no request that was accepted or whose token was cut", async () => {
    const body = { token: jwt({ ...claims, aud: "own" }) };
    await openRequest({ status: 401, diagnosis: "The token is meant for own", headers: {}, body });
    expect(marks()).toEqual([expect.stringMatching(/^own/)]);
    await openRequest({ status: 200, headers: bearer });
    expect(has("The refused token")).toBe(false);
    await openRequest({ status: 401, headers: { authorization: "Bearer <cut>" } });
    expect(has("The refused token")).toBe(false);
  });
});
