import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { type UserProject, userProject } from "../../helpers/project.js";
import { officialName, outputOf, prepare, programs } from "./programs.js";

// The emulator uses TLS, because the official package rejects plain HTTP.
let emulator: Emulator;
let env: Record<string, string>;
let official: UserProject;
let renamed: UserProject;
let aliased: UserProject;

beforeAll(async () => {
  const { ca, ...tls } = makeCertificates();
  emulator = await startEmulator({ tls });
  [official, renamed, aliased] = [
    await userProject("official"),
    await userProject("renamed"),
    await userProject("aliased", officialName),
  ];
  const caFile = join(official.folder, "ca.pem");
  await writeFile(caFile, ca);
  env = {
    ...(await identities()),
    COMMUNICATION_CONNECTION_STRING: emulator.connectionString,
    NODE_EXTRA_CA_CERTS: caFile,
  };
  await prepare(official.folder, officialName);
});

afterAll(async () => {
  await Promise.all([official, renamed, aliased].map((project) => project.remove()));
  await emulator.close();
});

/** Returns environment variables with Entra tokens that the emulator accepts. */
async function identities(): Promise<Record<string, string>> {
  const entra = await emulator.service
    .createTokenCredential()
    .getToken("https://communication.azure.com//.default");
  const teams = { clientId: crypto.randomUUID(), userObjectId: crypto.randomUUID() };
  return {
    ENTRA_TOKEN: entra?.token ?? "",
    TEAMS_TOKEN: await emulator.service.createTeamsUserToken(teams),
    TEAMS_CLIENT_ID: teams.clientId,
    TEAMS_USER_ID: teams.userObjectId,
  };
}

describe("a program that was written for the official package", () => {
  it("compiles with this package's name", async () => {
    await prepare(renamed.folder, "acs-identity");
  });

  it("compiles with this package under the official name", async () => {
    await prepare(aliased.folder, officialName);
  });

  it("gets this package through the alias, and the official one without it", async () => {
    const nameIn = async ({ folder }: UserProject): Promise<unknown> => {
      const manifest = join(folder, "node_modules", officialName, "package.json");
      return (JSON.parse(await readFile(manifest, "utf8")) as { name: unknown }).name;
    };
    expect(await nameIn(official)).toBe(officialName);
    expect(await nameIn(aliased)).toBe("acs-identity");
  });

  it.each(programs)("prints the same with either package, renamed or aliased: %s", async (program) => {
    const projects = [official, renamed, aliased];
    const [expected, ...outputs] = await Promise.all(
      projects.map(({ folder }) => outputOf(program, folder, env)),
    );
    expect(expected).not.toBe("");
    // Messages of this package say besides why the emulator refused. The quotes around them depend on what is in them.
    const comparable = (text = "") =>
      text.replace(/ \(Emulator: .*\)/g, "").replace(/ message: (["'`])(.*)\1/g, " message: $2");
    expect(outputs.map(comparable)).toEqual([comparable(expected), comparable(expected)]);
  });
});
