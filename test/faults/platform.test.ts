import { readFileSync } from "node:fs";
import { expect, inject, it, onTestFinished } from "vitest";
import { Lab } from "./lab.js";
import { startObserving } from "./observer.js";
import { getToken } from "./rows/calls.js";
import { okToken } from "./servers/identityReplies.js";
import { subjectNamed } from "./subjects.js";

startObserving();
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

it.runIf(isHere).each<[fault: string, missing: RegExp, cause: (lab: Lab) => void]>([
  ["a check that fails", /^the check$/, (lab) => lab.must("the check", false)],
  [
    "a secret in an error",
    /^LEAK of .+ in error$/,
    (lab) => lab.keep("error", new Error([...lab.needles.keys()][0])),
  ],
  [
    "a listener that is left",
    /^1 abort listeners left$/,
    (lab) => lab.abortController().signal.addEventListener("abort", () => {}),
  ],
  ["a timer that is left", /^1 timers left$/, () => void onTestFinished(clearLater(60_000))],
  [
    "a rejection that nothing handles",
    /^unhandled Error: nobody/,
    (lab) => lab.seen.unhandled.push(new Error("nobody")),
  ],
])("rows report %s", async (_, missing, cause) => {
  const lab = new Lab(await subjectNamed("ours"));
  cause(lab);
  const verdict = await lab.finish();
  expect(verdict).toMatchObject({ rating: "wrong", missing: [expect.stringMatching(missing)] });
});

function clearLater(milliseconds: number): () => void {
  const timer = setTimeout(() => {}, milliseconds);
  return () => clearTimeout(timer);
}
