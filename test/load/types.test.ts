import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { type UserProject, userProject } from "../helpers/project.js";
import { requireTools } from "../helpers/tools.js";

/** A typical program of a user, compiled once as ESM and once as CommonJS. */
const program = `
import {
  AzureKeyCredential, type CommunicationAccessToken, CommunicationIdentityClient,
  type CommunicationIdentityClientOptions, type CommunicationUserIdentifier, type CommunicationUserToken,
  isRestError, RestError, type TokenScope,
} from "acs-identity";
import { createTokenRefresher } from "acs-identity/refresher";
import { createFakeIdentityService, type FakeIdentityService } from "acs-identity/testing";

const service: FakeIdentityService = createFakeIdentityService();
const options: CommunicationIdentityClientOptions = { httpClient: service.httpClient, apiVersion: "2023-10-01" };
const client = new CommunicationIdentityClient(service.connectionString, options);
export const other = new CommunicationIdentityClient(service.endpoint, new AzureKeyCredential(service.accessKey));
export const third = new CommunicationIdentityClient(service.endpoint, service.createTokenCredential());
export const refresher = createTokenRefresher({ fetchToken: async () => client.getToken(await client.createUser(), ["chat"]) });

export async function use(): Promise<CommunicationUserToken | number | undefined> {
  const scopes: TokenScope[] = ["chat", "voip"];
  // @ts-expect-error a scope that the service doesn't have
  scopes.push("a scope of tomorrow");
  try {
    const user: CommunicationUserIdentifier = await client.createUser({ tracingOptions: {} });
    const { token, expiresOn }: CommunicationAccessToken = await client.getToken(user, ["voip.join"]);
    await client.revokeTokens(user, { requestOptions: { timeout: 1000 } });
    await client.deleteUser({ communicationUserId: user.communicationUserId });
    // @ts-expect-error a call without scopes
    void client.createUserAndToken();
    return { ...(await client.createUserAndToken(scopes, { tokenExpiresInMinutes: 60 })), token, expiresOn };
  } catch (error) {
    if (isRestError(error) && error instanceof RestError) return error.statusCode;
    throw error;
  }
}
`;

const onNode = `
import { type Emulator, startEmulator } from "acs-identity/emulator";
import { createUndiciHttpClient, type UndiciHttpClientOptions } from "acs-identity/undici";
const options: UndiciHttpClientOptions = { maxResponseBodyInBytes: 1024 };
export const emulator: Promise<Emulator> = startEmulator({ port: 0 });
export const transport = createUndiciHttpClient(options);
`;

/** Each option as it comes from a variable that may not be set. */
const exact = `
import { type AccessKeyCredentialPolicyOptions, CommunicationIdentityClient, RestError, type TeamsExtensionPrincipalType } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import { createTokenRefresher } from "acs-identity/refresher";
import { createFakeIdentityService } from "acs-identity/testing";
import { createUndiciHttpClient } from "acs-identity/undici";
declare const text: string | undefined, minutes: number | undefined, flag: boolean | undefined;
declare const client: CommunicationIdentityClient, onToken: (() => void) | undefined;
export const policyOptions: AccessKeyCredentialPolicyOptions = { clockCorrection: flag };
export const principalType: TeamsExtensionPrincipalType = "teamsResourceAccount";
void client.createUserAndToken(["chat"], { tokenExpiresInMinutes: minutes });
void new CommunicationIdentityClient("", { apiVersion: text, audience: text, clockCorrection: flag });
void client.upsertTeamsExtensionAssignment("", "", { principalType, clientIds: undefined });
createUndiciHttpClient({ maxResponseBodyInBytes: minutes, dispatcher: undefined });
createTokenRefresher({ fetchToken: async () => ({ token: "", expiresInSeconds: minutes, expiresOn: text }), onToken, onFailure: undefined });
const service = createFakeIdentityService({ endpoint: text, seed: minutes, throttle: flag, users: [{ id: text }], entra: { users: undefined } });
service.clock.advance({ hours: minutes });
service.failNext({ status: minutes, code: text, times: minutes, operation: undefined, drop: undefined });
export const name: string[] = service.entra.users.map((user) => user.name);
service.createTokenCredential({ expiresInMinutes: minutes });
void startEmulator({ port: minutes, https: flag, data: text, tls: undefined, onLog: undefined }).then((emulator) => emulator.close());
export const attempts = (error: unknown): number | undefined => (error instanceof RestError ? error.attempts : undefined);
`;

const oldest = "5.2";
const newest = "7.0";
/** The compilers that this repository itself is compiled with. */
const ours: Readonly<Record<string, string>> = { "6.0": "typescript", "7.0": "typescript-7" };
const resolutions = { node16: "node16", nodenext: "nodenext", bundler: "esnext", node: "commonjs" } as const;
type Resolution = keyof typeof resolutions;

let project: UserProject;
let olderCompilers: NodeJS.Require;

beforeAll(async () => {
  olderCompilers = await requireTools(new URL("typescript/", import.meta.url));
  project = await userProject("types");
  for (const name of ["program.mts", "program.cts", "program.ts"])
    await writeFile(join(project.folder, name), program);
  await writeFile(join(project.folder, "exact.mts"), exact);
  for (const name of ["node.mts", "node.cts", "node.ts"]) await writeFile(join(project.folder, name), onNode);
});

afterAll(() => project.remove());

const filesOf: Readonly<Record<Resolution, readonly string[]>> = {
  node16: ["program.mts", "node.mts", "program.cts", "node.cts"],
  nodenext: ["program.mts", "node.mts", "program.cts", "node.cts"],
  bundler: ["program.mts", "node.mts"],
  node: ["program.ts", "node.ts"],
};

/** Compiles the program and returns the lines of its errors, if any. */
async function compile(
  version: string,
  resolution: Resolution,
  options: object,
  files: readonly string[] = filesOf[resolution],
): Promise<string[]> {
  const config = join(
    project.folder,
    `tsconfig.${version}.${resolution}.${JSON.stringify(options).length}.json`,
  );
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    module: resolutions[resolution],
    moduleResolution: resolution,
    ...options,
  };
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  const compiler = ours[version] ?? `typescript-${version}`;
  const manifest = olderCompilers.resolve(`${compiler}/package.json`);
  const tsc = manifest.replace("package.json", "bin/tsc");
  const output = await run(process.execPath, [tsc, "-p", config, "--pretty", "false"], {
    cwd: project.folder,
    mayFail: true,
  });
  return output.split("\n").filter((line) => line !== "");
}

/** Checks every declaration, with the types of Node. */
const whole = { types: ["node"], skipLibCheck: false };

describe("TypeScript", () => {
  // To the oldest both resolutions are the same. What both ends accept, those in between do.
  it.each([
    [oldest, "nodenext"],
    [newest, "node16"],
    [newest, "nodenext"],
  ] as const)(
    "%s with %s checks every declaration, and accepts undefined for options with exactOptionalPropertyTypes",
    async (version, resolution) => {
      const options = { ...whole, lib: ["ES2020"], exactOptionalPropertyTypes: true };
      expect(await compile(version, resolution, options, [...filesOf[resolution], "exact.mts"])).toEqual([]);
    },
  );

  // The oldest takes seconds, and what it accepts with an older library, it does with a newer one.
  it.each([
    [oldest, "es2015"],
    [newest, "es2015"],
    [newest, "es2020"],
    [newest, "es2022"],
  ])("%s for a bundler checks every declaration for the target and lib %s", async (version, target) => {
    const options = { ...whole, target, lib: [target, "DOM"] };
    expect(await compile(version, "bundler", options)).toEqual([]);
  });

  it.each(["4.7", "6.0"])("%s with the old resolution finds the types of each entry", async (version) => {
    const options = {
      lib: ["ES2022", "DOM"],
      types: ["node"],
      skipLibCheck: true,
      ...(version === "6.0" && { ignoreDeprecations: version }),
    };
    expect(await compile(version, "node", options)).toEqual([]);
  });

  it("4.5 finds those of the client, the fake and the refresher", async () => {
    // It can't parse the types of Node that are installed here.
    const options = { target: "es2021", lib: ["ES2021", "DOM"], types: [], skipLibCheck: true };
    expect(await compile("4.5", "node", options, ["program.ts"])).toEqual([]);
  });

  it("finds errors only in Azure's packages without the types of Node", async () => {
    const options = { types: [], skipLibCheck: false, lib: ["ES2022", "DOM"] };
    const errors = await compile(newest, "bundler", options);
    expect(errors.filter((line) => !/node_modules\/@(?:azure|typespec)\//.test(line))).toEqual([]);
  });
});
