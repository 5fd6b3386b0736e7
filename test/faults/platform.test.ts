import { readFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { Lab } from "./lab.js";
import { getToken } from "./rows/calls.js";
import { okToken } from "./servers/identityReplies.js";
import { subjectNamed } from "./subjects.js";

const core = inject("core");
const { packages } = JSON.parse(readFileSync(`${core}package-lock.json`, "utf8"));
const { version } = packages["node_modules/@azure/core-rest-pipeline"];
const { major, isHere } = inject("node");

it.skipIf(!isHere)(`rows run on Node ${major} with core-rest-pipeline ${version}`, async () => {
  const lab = new Lab(await subjectNamed("ours"));
  const server = await lab.server(okToken());
  await lab.call(getToken(lab.client(server)));
  await lab.finish();
  const userAgent = server.requests[0]?.headers.get("user-agent");
  expect(userAgent).toContain(`core-rest-pipeline/${version} Node/${major}.`);
});
