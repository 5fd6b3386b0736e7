import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";

const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** Sends what fetch may not send: a Host, and a path that isn't encoded. */
async function get(path: string, headers: Record<string, string>, method = "GET") {
  const { hostname, port } = new URL(emulator.url);
  const [response] = await new Promise<[import("node:http").IncomingMessage]>((resolve, reject) => {
    const sent = request({ hostname, port, path, headers, method }, (received) => resolve([received]));
    sent.on("error", reject);
    sent.end();
  });
  const { statusCode, headers: received } = response;
  return {
    status: statusCode,
    type: received["content-type"],
    policy: received["content-security-policy"],
    body: await text(response),
  };
}

describe("an address that isn't there", () => {
  it("is a page for a person, which leads to the emulator's own page and its help", async () => {
    const { status, type, policy, body } = await get("/no/such/page?q=1", browser);
    expect([status, type]).toEqual([404, "text/html; charset=utf-8"]);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(body).toContain('<html lang="en">');
    expect(body).toContain("<title>There is no page here · acs-identity emulator</title>");
    expect(body).toContain("<code>/no/such/page</code>");
    expect(body).toContain(`<a href="${emulator.url}/">`);
    expect(body).toContain(`<a href="${emulator.url}/help#403-404-405-413-415">`);
  });

  it("says in it which service of ACS isn't emulated", async () => {
    expect((await get("/chat/threads", browser)).body).toContain("This is a path of Chat");
  });

  it("is the service's error for programs, and for requests other than GET", async () => {
    for (const [headers, method] of [
      [{}, "GET"],
      [{ accept: "application/json" }, "GET"],
      [{ accept: "*/*" }, "GET"],
      [browser, "POST"],
    ] as const) {
      const { status, type, body } = await get("/no/such/page", headers, method);
      expect([status, type]).toEqual([404, "application/json"]);
      expect(JSON.parse(body).error.code).toBe("NotFound");
    }
  });

  it("is logged alike in both cases", async () => {
    await get("/logged", browser);
    await get("/logged", {});
    const [page, error] = emulator.service.requests.slice(-2);
    expect([page?.status, page?.diagnosis]).toEqual([404, error?.diagnosis]);
  });

  it("escapes its path, and cuts a long one off", async () => {
    const { body } = await get(`/<img src=x>"${"a".repeat(5000)}`.replaceAll(" ", "%20"), browser);
    expect(body).toContain("<code>/&lt;img%20src=x&gt;&quot;aaa");
    expect(body).not.toContain("a".repeat(200));
  });
});

it("a page under a foreign host is refused with a page for a person, and with a text for programs", async () => {
  const host = "evil.example";
  const page = await get("/help", { ...browser, host });
  expect([page.status, page.type]).toEqual([403, "text/html; charset=utf-8"]);
  expect(page.body).toContain("<h1>This page can't be shown</h1>");
  expect(page.body).toContain("The Host &quot;evil.example&quot; isn't this emulator's.");
  const text = await get("/help", { host });
  expect([text.status, text.type]).toEqual([403, "text/plain; charset=utf-8"]);
});
