// Microsoft's Calling SDK in Chromium, where only the page has an address: no call is made.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { launchChromium } from "../helpers/browser/chromium.js";
import { run } from "../helpers/command.js";
import { root } from "../helpers/packed.js";
import { timeLimit } from "../helpers/timeLimit.js";
import { requireTools } from "../helpers/tools.js";
import { blockOf } from "../starters/pages.js";

const folder = new URL("calling/", import.meta.url);

/**
 * Opens a page with a script, and with a token endpoint beside it.
 *
 * @param contents - The script's module, which finds the SDK's packages.
 */
async function open(contents: string, issueToken?: () => Promise<object>): Promise<Page> {
  await requireTools(folder);
  const { outputFiles } = await build({
    stdin: { resolveDir: fileURLToPath(folder), contents },
    bundle: true,
    format: "iife",
    write: false,
    logLevel: "silent",
  });
  const script = outputFiles[0]?.text ?? "";
  const server = createServer(async ({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    if (url === "/token") response.end(JSON.stringify(await issueToken?.()));
    else response.end(isScript ? script : "<!doctype html><script src=/page.js></script>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launchChromium("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost");
  onTestFinished(async () => {
    await browser.close();
    server.close();
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(timeLimit);
  await page.clock.install();
  // The SDK refuses a page on 127.0.0.1.
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}`);
  return page;
}

/** Returns what the methods of a version of the SDK say to a token. */
async function outcomesOf(version: string, tokens: readonly string[]): Promise<string[]> {
  const page = await open(`import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallClient } from "calling-${version}";
const outcome = (method, token) => new CallClient()[method](new AzureCommunicationTokenCredential(token)).then(
  ({ kind, connectionState }) => kind + " " + connectionState,
  ({ code, subCode, message }) => code + "/" + subCode + " " + message,
);
const methods = ["createCallAgent", "createTeamsCallAgent"];
// At once, since an agent gives up its connection after a quarter of a minute.
globalThis.outcomes = (tokens) => Promise.all(tokens.flatMap((token) => methods.map((method) => outcome(method, token))));`);
  return page.evaluate(`outcomes(${JSON.stringify(tokens)})`);
}

/** Returns the tokens of a user, a Teams user and a user of Teams Phone extensibility. */
async function tokensOfEachKind(): Promise<string[]> {
  const service = createFakeIdentityService();
  const { connectionString, endpoint, entra, httpClient } = service;
  const { tenantId, clientId } = entra;
  const [{ objectId = "" } = {}] = entra.users;
  const client = new CommunicationIdentityClient(connectionString, { httpClient });
  const teamsUserAadToken = await service.createTeamsUserToken({ clientId, userObjectId: objectId });
  await client.upsertTeamsExtensionAssignment(tenantId, objectId, { principalType: "user" });
  const entraToken = await service
    .createTokenCredential({ objectId })
    .getToken("https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls");
  const exchange = "access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";
  const headers = { authorization: `Bearer ${entraToken?.token}`, "content-type": "application/json" };
  const response = await service.fetch(endpoint + exchange, { method: "POST", headers, body: "{}" });
  return [
    (await client.createUserAndToken(["voip"])).token,
    (await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId: objectId })).token,
    (await response.json()).accessToken.token,
  ];
}

it("the lines of docs/frontEnds.md for communication-react compile with its types, after those of README", async () => {
  await requireTools(folder);
  const project = await mkdtemp(join(fileURLToPath(folder), "run-"));
  onTestFinished(() => rm(project, { recursive: true }));
  const refresher = fileURLToPath(new URL("../../src/refresher/index.ts", import.meta.url));
  const credential = blockOf("README.md", "ts", "createTokenRefresher")
    .replace('"acs-identity/refresher"', JSON.stringify(refresher))
    .replace("@azure/communication-common", "communication-common-2.5");
  const code = `${credential}
declare const displayName: string;
const locator = { groupId: "6f5a5a3e-0000-4000-8000-000000000001" };
${blockOf("docs/frontEnds.md", "tsx", "communication-react")}`;
  await writeFile(join(project, "page.tsx"), code);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    types: [],
  };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const compiler = join(root, "node_modules/typescript-7/bin/tsc");
  const compile = () => run(process.execPath, [compiler, "-p", "."], { cwd: project, mayFail: true });
  expect(await compile()).toBe("");
  await writeFile(join(project, "page.tsx"), code.replace("{ userId,", "{ userId: credential,"));
  expect(await compile()).toContain("TS2769");
});

it.each(["1.34", "2.0"])(
  "the Calling SDK %s makes a call agent of a user's token alone, and one for Teams of those of Teams users",
  async (version) => {
    const ofUser = [
      "CallAgent Disconnected",
      "403/40231 TeamsCallAgent must be created only with Teams token",
    ];
    const ofTeamsUser = [
      "403/40229 CallAgent must be created only with ACS token",
      "TeamsCallAgent Disconnected",
    ];
    expect(await outcomesOf(version, await tokensOfEachKind())).toEqual([
      ...ofUser,
      ...ofTeamsUser,
      ...ofTeamsUser,
    ]);
  },
);

it.each([
  ["2.4", "1.34", "@azure/communication-common"],
  ["2.5", "2.0", "communication-common-2.5"],
])(
  "the credential of communication-common %s renews its token under one agent but keeps a revoked one, and the lines of docs/refresher.md give the Calling SDK %s a new one",
  async (version, calling, common) => {
    const text = await readFile(join(root, "docs/refresher.md"), "utf8");
    const [, lines = ""] = /^## A revoked token$.*?```js\n(.*?)```/ms.exec(text) ?? [];
    const [, of24 = ""] =
      /^const credential = new AzureCommunicationTokenCredential\((.*?^\})\);$/ms.exec(
        blockOf("docs/refresher.md", "js", "return token"),
      ) ?? [];
    const of25 = "{ tokenRefresher: refresher.tokenRefresher }";
    const options = version === "2.4" ? of24 : of25;
    const refresher = fileURLToPath(new URL("../../src/refresher/index.ts", import.meta.url));
    const service = createFakeIdentityService();
    const { connectionString, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const user = await client.createUser();
    const page = await open(
      `import { AzureCommunicationTokenCredential } from "${common}";
import { CallClient } from "calling-${calling}";
import { createTokenRefresher } from ${JSON.stringify(refresher)};
const refresher = createTokenRefresher({ fetchToken: (signal) => fetch("/token", { method: "POST", signal }) });
const callClient = new CallClient();
const first = new AzureCommunicationTokenCredential(${options});
const tokenOf = async (credential) => (await credential.getToken()).token;
let agent;
globalThis.start = async () => {
  agent = await callClient.createCallAgent(first);
  return tokenOf(first);
};
globalThis.current = () => tokenOf(first);
globalThis.replace = async () => {
  const firstAgent = agent;
  ${lines.replace(of25, options)}
  return { kept: await tokenOf(first), token: await tokenOf(credential), kind: agent !== firstAgent && agent.kind };
};`,
      async () => ({ ...(await client.getToken(user, ["voip"])), expiresInSeconds: 86_400 }),
    );
    const started = await page.evaluate<string>("start()");
    const untilExpiry = { minutes: 24 * 60 - 1 };
    service.clock.advance(untilExpiry);
    await page.clock.fastForward(untilExpiry.minutes * 60_000);
    const renewed = () => page.evaluate<string>("current()");
    await expect.poll(renewed).not.toBe(started);
    const revoked = await renewed();
    expect(await service.inspectToken(revoked)).toMatchObject({ valid: true });
    await client.revokeTokens(user);
    const { kept, token, kind } = await page.evaluate<Record<string, string>>("replace()");
    expect([kept, kind]).toEqual([revoked, "CallAgent"]);
    expect(await service.inspectToken(revoked)).toMatchObject({ valid: false });
    const { communicationUserId: userId } = user;
    expect(await service.inspectToken(token ?? "")).toMatchObject({ valid: true, userId });
  },
);
