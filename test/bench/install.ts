import fs from "node:fs";
import { join } from "node:path";
import { npm } from "../helpers/command.js";
import { pack, root, temporaryFolder } from "../helpers/packed.js";
import { key, user } from "./values.js";

export interface Installed {
  /** A project with the package and the scripts of the bench. */
  readonly folder: string;
  readonly name: string;
  /** The size on disk, including dependencies. */
  readonly megabytes: number;
  readonly packages: number;
}

/** Installs both packages as npm does on this Node, and removes them when this process exits. */
export async function installBoth(): Promise<{ readonly ours: Installed; readonly official: Installed }> {
  const folder = await temporaryFolder("bench");
  process.once("exit", () => fs.rmSync(folder, { recursive: true }));
  const name = "@azure/communication-identity";
  const manifest = fs.readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return {
    ours: await install(join(folder, "ours"), "acs-identity", await pack(root, folder)),
    official: await install(join(folder, "official"), name, `${name}@${JSON.parse(manifest).version}`),
  };
}

async function install(folder: string, name: string, spec: string): Promise<Installed> {
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await npm(["install", "--prefer-offline", spec], folder);
  const modules = join(folder, "node_modules");
  const { packages } = JSON.parse(fs.readFileSync(join(modules, ".package-lock.json"), "utf8"));
  const files = fs.readdirSync(modules, { recursive: true, encoding: "utf8" });
  // Counts blocks as `du` does, since a small file takes a whole block.
  const blocks = files.reduce((sum, file) => sum + fs.statSync(join(modules, file)).blocks, 0);
  for (const tool of ["tinybench", "undici"])
    fs.symlinkSync(join(root, "node_modules", tool), join(modules, tool));
  for (const file of ["worker.ts", "calls.ts", "values.ts", "bareCall.ts"])
    fs.copyFileSync(join(root, "test/bench", file), join(folder, file));
  fs.writeFileSync(join(folder, "client.js"), `export { CommunicationIdentityClient } from "${name}";`);
  fs.writeFileSync(join(folder, "firstToken.js"), firstToken(name));
  return { folder, name, megabytes: (blocks * 512) / 1e6, packages: Object.keys(packages).length };
}

/** Returns a program that issues one token at the origin of its argument, as a function does when it starts. */
function firstToken(name: string): string {
  return `import { CommunicationIdentityClient } from "${name}";
const client = new CommunicationIdentityClient(
  \`endpoint=\${process.argv[2]}/;accesskey=${key}\`,
  { allowInsecureConnection: true },
);
client.getToken(${JSON.stringify(user)}, ["voip"]).then(() => process.exit());
`;
}
