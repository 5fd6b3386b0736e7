// No request holds the fake up, wherever in it a long text stands. See longTexts.test.ts for the functions alone.
import { describe, expect, it } from "vitest";
import { createFakeIdentityService, type FakeIdentityService } from "../../../src/testing/index.js";
import { makeLongTexts } from "../../helpers/longTexts.js";

describe("the fake", () => {
  const headers = { Authorization: "Bearer x" };
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const tenant = "/organizations/oauth2/v2.0";
  const withClient = ({ entra }: FakeIdentityService, text: string) =>
    `client_id=${entra.applications[0]?.clientId}&${text}`;
  type Requests = Record<string, (service: FakeIdentityService, text: string) => [string, RequestInit?]>;
  const withTextInHead: Requests = {
    "a path": (_, text) => [`/${encodeURI(text)}`],
    "a path with slashes": (_, text) => [`/identities/${encodeURI(text)}/:revokeAccessTokens`],
    "a query": (_, text) => [`/identities?${encodeURI(text)}`],
    "the query of a sign-in": (service, text) => [
      `${tenant}/authorize?${withClient(service, encodeURI(text))}`,
    ],
    "a parameter of a sign-in": (service, text) => [
      `${tenant}/authorize?${withClient(service, `response_type=code&scope=${encodeURIComponent(text)}`)}`,
    ],
    "the redirect of a sign-in": (service, text) => [
      `${tenant}/authorize?${withClient(service, `redirect_uri=${encodeURIComponent(text)}`)}`,
    ],
    "a header with basic credentials": (_, text) => [
      `${tenant}/token`,
      { method: "POST", headers: { ...form, Authorization: `Basic ${btoa(text)}` } },
    ],
    "headers of a signed request": (_, text) => [
      "/identities?api-version=2023-10-01",
      {
        method: "POST",
        headers: {
          ...Object.fromEntries(
            ["x-ms-date", "x-ms-content-sha256", "x-forwarded-host", "content-type"].map((name) => [
              name,
              text.replaceAll("\n", ""),
            ]),
          ),
          Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${text.replaceAll("\n", "")}`,
        },
      },
    ],
    "a bearer token": (_, text) => [
      "/identities?api-version=2023-10-01",
      { method: "POST", headers: { Authorization: `Bearer ${text.replaceAll("\n", "")}` } },
    ],
    "a managed identity's resource": (_, text) => [
      `/msi/token?api-version=2019-08-01&resource=${encodeURIComponent(text)}`,
      { headers: { ...headers, "x-identity-header": text.replaceAll("\n", "") } },
    ],
  };
  const withTextInBody: Requests = {
    "a form": (service, text) => [
      `${tenant}/token`,
      { method: "POST", headers: form, body: withClient(service, text) },
    ],
    "a client's assertion": (service, text) => [
      `${tenant}/token`,
      {
        method: "POST",
        headers: form,
        body: withClient(
          service,
          `grant_type=client_credentials&client_assertion_type=${encodeURIComponent("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")}&client_assertion=${encodeURIComponent(text)}`,
        ),
      },
    ],
    "a body": (_, text) => ["/identities?api-version=2023-10-01", { method: "POST", body: text }],
  };

  it("answers a sign-in with as many scopes that all differ as fit", async () => {
    const service = createFakeIdentityService();
    const clientId = service.entra.applications[0]?.clientId ?? "";
    const scope = Array.from({ length: 700 }, (_, index) => `${clientId}/${index}`).join(" ");
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: "code",
      redirect_uri: "http://localhost/",
      login_hint: "alice@contoso.com",
      scope,
    });
    const response = await service.fetch(`${service.endpoint}${tenant.slice(1)}/authorize?${query}`);
    expect([response.status, response.headers.get("location")?.slice(0, 30)]).toEqual([
      302,
      expect.stringContaining("code="),
    ]);
  });

  it.each([
    // The emulator reads 32 KiB of a request's head, and most characters take three there.
    ...Object.entries(withTextInHead).map(([name, request]) => [name, 10_000, request] as const),
    ...Object.entries(withTextInBody).map(([name, request]) => [name, 70_000, request] as const),
  ])("answers a request with %s of %i characters", async (_, length, request) => {
    const service = createFakeIdentityService();
    for (const text of makeLongTexts(length)) {
      const [path, init] = request(service, text);
      const response = await service.fetch(`${service.endpoint}${path.slice(1)}`, init);
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }
  });
});
