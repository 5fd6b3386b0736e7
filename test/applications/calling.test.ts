// Microsoft's Calling SDK in Chromium, where only the page has an address: no call is made.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";
import { CommunicationIdentityClient } from "../../src/index.js";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { launchChromium } from "../browser/chromium.js";
import { toolsOf } from "../package/tools.js";
import { timeLimit } from "../timeLimit.js";

const folder = new URL("calling/", import.meta.url);

/** Returns what the methods of a version of the SDK say to a token. */
async function outcomesOf(version: string, tokens: readonly string[]): Promise<string[]> {
  await toolsOf(folder);
  const { outputFiles } = await build({
    stdin: {
      resolveDir: fileURLToPath(folder),
      contents: `import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallClient } from "calling-${version}";
const outcome = (method, token) => new CallClient()[method](new AzureCommunicationTokenCredential(token)).then(
  ({ kind, connectionState }) => kind + " " + connectionState,
  ({ code, subCode, message }) => code + "/" + subCode + " " + message,
);
const methods = ["createCallAgent", "createTeamsCallAgent"];
// At once, since an agent gives up its connection after a quarter of a minute.
globalThis.outcomes = (tokens) => Promise.all(tokens.flatMap((token) => methods.map((method) => outcome(method, token))));`,
    },
    bundle: true,
    format: "iife",
    write: false,
    logLevel: "silent",
  });
  const script = outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : "<!doctype html><script src=/page.js></script>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launchChromium("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost");
  onTestFinished(async () => {
    await browser.close();
    server.close();
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(timeLimit);
  // The SDK refuses a page on 127.0.0.1.
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}`);
  return page.evaluate(`outcomes(${JSON.stringify(tokens)})`);
}

it.each(["1.34", "2.0"])(
  "the Calling SDK %s makes a user's agent of a user's token alone, and a Teams user's of a Teams user's",
  async (version) => {
    const service = createFakeIdentityService();
    const { connectionString, entra, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const [alice] = entra.users;
    const teamsUser = { clientId: entra.clientId, userObjectId: alice?.objectId ?? "" };
    const entraToken = { appId: teamsUser.clientId, userId: teamsUser.userObjectId };
    const teamsUserAadToken = await service.createTeamsUserToken(entraToken);
    const tokens = [
      (await client.createUserAndToken(["voip"])).token,
      (await client.getTokenForTeamsUser({ ...teamsUser, teamsUserAadToken })).token,
    ];
    expect(await outcomesOf(version, tokens)).toEqual([
      "CallAgent Disconnected",
      "403/40231 TeamsCallAgent must be created only with Teams token",
      "403/40229 CallAgent must be created only with ACS token",
      "TeamsCallAgent Disconnected",
    ]);
  },
);
