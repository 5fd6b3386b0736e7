import { createHash } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../../../src/emulator/index.js";

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

describe("the sign-in page", () => {
  const query = (emulator: Emulator, changes: Record<string, string>) =>
    new URLSearchParams({
      client_id: emulator.service.entra.clientId,
      response_type: "code",
      redirect_uri: "http://localhost:3000/auth",
      scope: "openid",
      login_hint: "alice@contoso.com",
      ...changes,
    });
  const ask = (emulator: Emulator, changes: Record<string, string> = {}) =>
    fetch(
      `${emulator.url}/${emulator.service.entra.tenantId}/oauth2/v2.0/authorize?${query(emulator, changes)}`,
      { redirect: "manual" },
    );

  it("returns the code in the query, the fragment or a form", async () => {
    const emulator = await start();
    const { status, headers } = await ask(emulator);
    expect([status, headers.get("cache-control"), headers.get("referrer-policy")]).toEqual([
      302,
      "no-store",
      "no-referrer",
    ]);
    expect(headers.get("location")).toMatch(/^http:\/\/localhost:3000\/auth\?code=ey[^&]+$/);
    // A parameter without a value counts as none, and the application's own stay.
    const empty = { code_challenge_method: "", redirect_uri: "http://localhost:3000/auth?a=b" };
    expect((await ask(emulator, empty)).headers.get("location")).toMatch(/\/auth\?a=b&code=ey[^&]+$/);
    const fragment = await ask(emulator, { response_mode: "fragment", state: "a b" });
    expect(fragment.headers.get("location")).toMatch(/^http:\/\/localhost:3000\/auth#code=ey\S+&state=a\+b$/);
    const form = await ask(emulator, { response_mode: "form_post", state: '"><script>' });
    expect(form.status).toBe(200);
    const html = await form.text();
    expect(html).toContain('<form method="post" action="http://localhost:3000/auth">');
    expect(html).toContain('name="state" value="&quot;&gt;&lt;script&gt;"');
  });

  it("takes a form, too, and offers links that repeat it", async () => {
    const emulator = await start();
    const { tenantId } = emulator.service.entra;
    const address = `${emulator.url}/${tenantId}/oauth2/v2.0/authorize`;
    const post = (changes: Record<string, string>) =>
      fetch(address, { method: "POST", body: query(emulator, changes), redirect: "manual" });
    expect((await post({})).headers.get("location")).toMatch(/\?code=ey/);
    const html = await (await post({ login_hint: "", prompt: "login" })).text();
    const [, link = ""] = /<a href="([^"]+)"[^>]*><bdi>Alice/.exec(html) ?? [];
    const choice = await fetch(new URL(link.replaceAll("&amp;", "&"), address), { redirect: "manual" });
    expect(choice.headers.get("location")).toMatch(/^http:\/\/localhost:3000\/auth\?code=ey/);
  });

  it.each([
    ["a foreign redirect URI", 400, "oauth2/v2.0/authorize?redirect_uri=https://x", "or to redirectUris."],
    ["an unknown application", 400, "oauth2/v2.0/authorize?client_id=x", "Or correct its name."],
    ["a sign-in of version 1.0", 404, "oauth2/authorize?x", "Use /oauth2/v2.0/authorize"],
    ["a sign-out of version 1.0", 404, "oauth2/logout?x", "Use /oauth2/v2.0/logout"],
    ["consent", 404, "adminconsent?x", "own page gives it"],
    ["consent of version 2.0", 404, "v2.0/adminconsent?x", "own page gives it"],
  ])("says what to do about %s, and where", async (_, status, path, remedy) => {
    const emulator = await start();
    const [target, changes] = path.split("?");
    const sent = query(emulator, Object.fromEntries(new URLSearchParams(changes)));
    const response = await fetch(`${emulator.url}/common/${target}?${sent}`);
    const html = await response.text();
    expect([response.status, html]).toEqual([status, expect.stringContaining(remedy)]);
    expect(html).toContain(`href="${emulator.url}/#/entra">Entra ID<`);
    const [, help = "", anchor] = /href="([^"#]+\/help)#([^"]+)"/.exec(html) ?? [];
    expect(await (await fetch(help)).text()).toContain(` id="${anchor}"`);
  });

  it("escapes the names of users and applications, and runs no script but its own", async () => {
    const emulator = await start();
    const { entra } = emulator.service;
    const name = "<img src=x onerror=alert(1)>&lt;";
    entra.setApplication({ clientId: entra.clientId, name });
    entra.setUser({ objectId: entra.users[0]?.objectId ?? "", username: "alice@contoso.com", name });
    const response = await ask(emulator, { login_hint: "" });
    const hashOf = (text = "") => `sha256-${createHash("sha256").update(text).digest("base64")}`;
    const html = await response.text();
    const style = hashOf(/<style>(.*?)<\/style>/s.exec(html)?.[1]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "content-security-policy": `default-src 'none'; style-src '${style}'; img-src data:; script-src '${hashOf("document.forms[0].submit()")}'; base-uri 'none'; frame-ancestors 'none'`,
    });
    expect(html).toContain(`Sign in to <bdi>&lt;img src=x onerror=alert(1)&gt;&amp;lt;</bdi></h1>`);
    expect(html).toContain(`><bdi>&lt;img src=x onerror=alert(1)&gt;&amp;lt;</bdi><small>`);
    for (const { objectId } of entra.users) entra.deletePrincipal(objectId);
    expect(await (await ask(emulator)).text()).toContain("<p>This tenant has no users.</p>");
  });

  it("redirects only to this machine or a registered address after signing out", async () => {
    const emulator = await start();
    const { entra } = emulator.service;
    entra.setApplication({ clientId: entra.clientId, redirectUris: ["https://app.example/out"] });
    const leave = async (uri: string, method = "GET") => {
      const parameters = new URLSearchParams({ post_logout_redirect_uri: uri, state: "s" });
      const { status, headers } = await fetch(
        `${emulator.url}/common/oauth2/v2.0/logout${method === "GET" ? `?${parameters}` : ""}`,
        { method, redirect: "manual", ...(method === "POST" && { body: parameters }) },
      );
      return [status, headers.get("location")];
    };
    const left = [302, "http://localhost:3000/?state=s"];
    expect(await leave("http://localhost:3000/")).toEqual(left);
    expect(await leave("http://localhost:3000/", "POST")).toEqual(left);
    // Any application's.
    const [first, third] = ["2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12", "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023"];
    for (const clientId of [first, third])
      entra.setApplication({ clientId, redirectUris: [`app://${clientId}`] });
    expect(await leave("https://app.example/out")).toEqual([302, "https://app.example/out?state=s"]);
    expect(await leave(`app://${first}`)).toEqual([302, `app://${first}?state=s`]);
    expect(await leave("https://evil.example/")).toEqual([200, null]);
  });
});
