import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { describeInBrowser } from "../../browser/describeInBrowser.js";
import { benches, clipboardOf, withClipboard } from "./benches.js";

describeInBrowser("the page", (browser) => {
  const bench = benches(browser);

  it("adds a fault with a method, a delay and a Retry-After", async () => {
    const { client, emulator, open } = await bench();
    const page = await open();
    await page.getByRole("button", { name: "Faults" }).click();
    await page.getByLabel("Next requests get").selectOption("429 TooManyRequests");
    await page.getByRole("dialog").getByLabel("Method").selectOption("getToken");
    await page.getByLabel("Delay in ms").fill("5");
    await page.getByLabel("Retry-After in s").fill("7");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.getByRole("button", { name: "1 fault waiting" }).waitFor();
    const user = await client.createUser();
    const error = await client.getToken(user, ["voip"]).catch((reason) => reason);
    expect(error).toMatchObject({ statusCode: 429 });
    expect(error.response.headers.get("retry-after")).toBe("7");
    expect(emulator.service.requests.at(-1)?.durationInMs).toBeGreaterThanOrEqual(4);
  });

  it("adds a fault that only delays, which has no Retry-After", async () => {
    const { emulator, open } = await bench();
    const page = await open();
    await page.getByRole("button", { name: "Faults" }).click();
    await page.getByLabel("Next requests get").selectOption("The usual response, delayed");
    expect(await page.getByLabel("Retry-After in s").count()).toBe(0);
    await page.getByRole("button", { name: "Add fault" }).click();
    const alert = page.getByRole("dialog").getByRole("alert").filter({ hasText: "delayInMs" });
    await alert.waitFor();
    await page.getByLabel("Delay in ms").fill("soon");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.getByText("Enter the delay in whole milliseconds, such as 500.").waitFor();
    await page.getByLabel("Delay in ms").fill("20");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.getByRole("button", { name: "1 fault waiting" }).waitFor();
    const answer = await fetch(`${emulator.url}/_emulator/faults`);
    expect(await answer.json()).toEqual({ faults: [{ delayInMs: 20, times: 1 }] });
  });

  it("regenerates a key, and from then on shows the new connection strings", async () => {
    const { emulator, open } = await bench();
    const page = await open();
    const before = [emulator.connectionString, emulator.secondaryConnectionString];
    for (const keyType of ["Primary", "Secondary"]) {
      await page.getByRole("button", { name: "Keys" }).click();
      await page.getByLabel("Key to regenerate").selectOption(keyType);
      await page.getByRole("button", { name: "Regenerate key" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    const after = [emulator.connectionString, emulator.secondaryConnectionString];
    expect(new Set([...before, ...after]).size).toBe(4);
    await page.getByRole("button", { name: "Show key" }).click();
    await page.getByText(emulator.connectionString).waitFor();
    await page.getByRole("button", { name: "Keys" }).click();
    await page.getByRole("dialog").getByText(emulator.secondaryConnectionString).waitFor();
  });

  it("inspects a listed token and shows its claims", async () => {
    const { client, open } = await bench();
    const { user } = await client.createUserAndToken(["voip"]);
    const page = await open();
    await page.getByRole("button", { name: "Inspect token 1" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^Valid until /).waitFor();
    const claims = await factsOf(page, "dialog .facts >> nth=1");
    expect(claims).toMatchObject({
      skypeid: user.communicationUserId.replace(/^8:/, ""),
      acsScope: "voip",
      exp: expect.stringMatching(/^\d{10} \(.+\)$/),
    });
    await page.keyboard.press("Escape");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Inspect");
  });

  it("creates a Teams user's token that can be exchanged", async () => {
    const { client, open } = await bench();
    const page = await open(withClipboard);
    await page.getByRole("button", { name: "Teams token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("User object id").waitFor();
    const [clientId, userObjectId] = [
      await dialog.getByLabel("Client id").inputValue(),
      await dialog.getByLabel("User object id").inputValue(),
    ];
    await dialog.getByRole("button", { name: "Create token" }).click();
    await dialog.getByRole("button", { name: "Copy new token" }).click();
    await expect.poll(() => clipboardOf(page)).toMatch(/^eyJ/);
    const teamsUserAadToken = await clipboardOf(page);
    const { token } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    expect(token).toMatch(/^eyJ/);
  });

  it("creates Entra ID tokens, which authenticate a call unless their lifetime is negative", async () => {
    const { emulator, open } = await bench();
    const page = await open();
    await page.getByRole("button", { name: "Entra token" }).click();
    const dialog = page.getByRole("dialog");
    const result = dialog.getByRole("textbox", { name: "New token" });
    const statuses: number[] = [];
    let token = "";
    for (const minutes of ["", "-5"]) {
      await dialog.getByLabel("Lifetime in minutes").fill(minutes);
      await dialog.getByRole("button", { name: "Create token" }).click();
      await expect.poll(() => result.inputValue()).not.toBe(token);
      token = await result.inputValue();
      const answer = await fetch(`${emulator.url}/identities?api-version=2023-10-01`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([201, 401]);
  });

  it("adds an Entra ID user and an application that can sign in, and deletes the application", async () => {
    const { emulator, open } = await bench();
    const { entra } = emulator.service;
    const page = await open();
    await page.getByRole("button", { name: "Directory" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("alice@contoso.com").waitFor();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.getByRole("alert").getByText("Enter a name.").waitFor();
    await dialog.getByLabel("Name").fill("carol@contoso.com");
    await dialog.getByRole("checkbox", { name: "Teams license" }).uncheck();
    await page.keyboard.press("Enter");
    await dialog.getByText("carol@contoso.com was added.").waitFor();
    expect(entra.users.find(({ username }) => username === "carol@contoso.com")).toMatchObject({
      hasRole: true,
      hasTeamsLicense: false,
    });

    await dialog.getByRole("button", { name: "Take the role of carol@contoso.com" }).click();
    await dialog.getByText("carol@contoso.com has no role now.").waitFor();
    expect(entra.users.find(({ username }) => username === "carol@contoso.com")?.hasRole).toBe(false);

    await dialog.getByLabel("Kind").selectOption("application");
    await dialog.getByLabel("Name").fill("nightly job");
    await page.keyboard.press("Enter");
    const said = await dialog.getByText("nightly job was added").textContent();
    const [, clientId = "", clientSecret = ""] =
      /AZURE_CLIENT_ID=(\S+) AZURE_CLIENT_SECRET=(\S+)/.exec(said ?? "") ?? [];
    const form = { grant_type: "client_credentials", scope: "https://communication.azure.com/.default" };
    const response = await fetch(`${emulator.url}/${entra.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    const credential = { getToken: async () => ({ token: access_token, expiresOnTimestamp: Infinity }) };
    await new CommunicationIdentityClient(emulator.url, credential).createUser();

    await dialog.getByRole("button", { name: "Delete nightly job" }).click();
    await dialog.getByText("nightly job was deleted.").waitFor();
    expect(entra.applications.map(({ name }) => name)).not.toContain("nightly job");
  });

  it("takes and gives a Teams license and an application's consent", async () => {
    const { client, emulator, open } = await bench();
    const { entra } = emulator.service;
    const page = await open();
    await page.getByRole("button", { name: "Directory" }).click();
    const dialog = page.getByRole("dialog");
    const press = async (button: string, said: string) => {
      await dialog.getByRole("button", { name: button, exact: true }).click();
      await dialog.getByText(said, { exact: true }).waitFor();
    };
    const [alice, bob] = entra.users;
    const exchange = async (userObjectId = "") => {
      const { clientId } = entra;
      const teamsUserAadToken = await emulator.service.createTeamsUserToken({
        clientId,
        userObjectId,
      });
      return client.getTokenForTeamsUser({ clientId, userObjectId, teamsUserAadToken });
    };

    await press("Take the Teams license of alice@contoso.com", "alice@contoso.com has no Teams license now.");
    await expect(exchange(alice?.objectId)).rejects.toMatchObject({ statusCode: 403 });
    await press("Give a Teams license to bob@contoso.com", "bob@contoso.com has a Teams license now.");
    expect((await exchange(bob?.objectId)).token).toBeTruthy();
    // The rest of the user is as before.
    expect(entra.users.slice(0, 2)).toEqual([
      { ...alice, hasTeamsLicense: false },
      { ...bob, hasTeamsLicense: true },
    ]);

    const [application] = entra.applications;
    await press("Take the consent of Emulator application", "Emulator application has no consent now.");
    expect(entra.applications[0]).toEqual({ ...application, permissions: [] });
    await press("Give consent to Emulator application", "Emulator application has consent now.");
    expect(entra.applications[0]).toEqual(application);
  });

  it("saves, lists and deletes an assignment", async () => {
    const { client, emulator, open } = await bench();
    const page = await open();
    const tenantId = emulator.service.entra.tenantId;
    const [objectId, clientId] = [crypto.randomUUID(), crypto.randomUUID()];
    await page.getByRole("button", { name: "Teams assignments" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("There are no assignments yet.").waitFor();
    await dialog.getByRole("button", { name: "Save assignment" }).click();
    await dialog.getByRole("alert").getByText("Enter the object id, a GUID.").waitFor();
    await dialog.getByLabel("Object id").fill(objectId);
    await dialog.getByLabel("Principal type").selectOption("resourceAccount");
    await dialog.getByLabel("Client ids").fill(clientId);
    await page.keyboard.press("Enter");
    await dialog.getByText("The assignment was saved.").waitFor();
    expect(await dialog.getByRole("listitem").textContent()).toContain(
      `resourceAccount ${objectId} for ${clientId}`,
    );
    expect(await client.getTeamsExtensionAssignment(tenantId, objectId)).toMatchObject({
      principalType: "resourceAccount",
      clientIds: [clientId],
    });
    await dialog.getByLabel("Client ids").fill("");
    await page.keyboard.press("Enter");
    await dialog.getByText(`resourceAccount ${objectId} for all applications`).waitFor();
    expect((await client.getTeamsExtensionAssignment(tenantId, objectId)).clientIds).toBeUndefined();
    await dialog.getByRole("button", { name: `Delete assignment of ${objectId}` }).click();
    await dialog.getByText("There are no assignments yet.").waitFor();
    await expect(client.getTeamsExtensionAssignment(tenantId, objectId)).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it("saves, lists and deletes an Entra assignment", async () => {
    const { emulator, open } = await bench();
    const { entra } = emulator.service;
    const page = await open();
    await page.getByRole("button", { name: "Entra assignments" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("listitem").textContent()).toContain(
      `tenant ${entra.tenantId} for ${entra.clientId}`,
    );
    await dialog.getByRole("button", { name: `Delete assignment of ${entra.tenantId}` }).click();
    await dialog.getByText("Nobody can exchange an Entra token.").waitFor();
    expect(entra.assignments).toEqual([]);
    const objectId = crypto.randomUUID();
    await dialog.getByLabel("Principal type").selectOption("group");
    await dialog.getByLabel("Object id").fill("x");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("objectId must be a GUID in lower case").waitFor();
    await dialog.getByLabel("Object id").fill(objectId);
    await page.keyboard.press("Enter");
    await dialog.getByText("The assignment was saved.").waitFor();
    expect(entra.assignments).toEqual([
      { objectId, tenantId: entra.tenantId, principalType: "group", clientIds: [entra.clientId] },
    ]);
  });

  it("saves a snapshot to a file and restores it", async () => {
    const { client, emulator, open } = await bench();
    const { token } = await client.createUserAndToken(["voip"]);
    const page = await open();
    await page.getByRole("button", { name: "Snapshot" }).click();
    const dialog = page.getByRole("dialog");
    const download = page.waitForEvent("download");
    await dialog.getByRole("link", { name: "Save to a file" }).click();
    const file = await (await download).path();
    expect((await download).suggestedFilename()).toBe("acs-identity-snapshot.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(emulator.service.snapshot())),
    );
    emulator.service.reset();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: false });

    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog.getByText("Choose a snapshot to restore.").waitFor();
    const input = dialog.getByLabel("Snapshot file");
    await input.setInputFiles({
      name: "other.json",
      mimeType: "application/json",
      buffer: Buffer.from("{}"),
    });
    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog.getByText("restore needs a snapshot").waitFor();
    await input.setInputFiles(file);
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByText("The snapshot was restored").waitFor({ state: "attached" });
    await page.getByText("1 active").waitFor();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true });
  });

  it("links a rejected request to the help that explains it", async () => {
    const { emulator, open } = await bench();
    const stranger = new CommunicationIdentityClient(
      emulator.url,
      new AzureKeyCredential(btoa("another key")),
      { retryOptions: { maxRetries: 0 } },
    );
    await stranger.createUser().catch(() => undefined);
    const page = await open();
    const help = page.getByRole("link", { name: "How to fix this" });
    expect(await help.getAttribute("href")).toBe("/help#denied-the-signature");
    expect(await help.getAttribute("target")).toBe("_blank");
  });
});

async function factsOf(page: Page, list: string): Promise<Record<string, string>> {
  const [names, values] = [
    await page.locator(`${list} >> dt`).allTextContents(),
    await page.locator(`${list} >> dd`).allTextContents(),
  ];
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}
