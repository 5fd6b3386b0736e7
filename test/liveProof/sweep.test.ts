// Ends runs in every way, and sweeps.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { certificates, contentOf, startResource } from "../live/emulated.js";
import { Ledger } from "../live/ledger.js";
import { files, ledgerOf, run, sweep } from "../live/run.js";

it("has in its ledger everything but a user in flight, wherever the run is killed and the file is cut off", async () => {
  const { emulator, environment } = await startResource();
  const untouched = contentOf(emulator);
  const moments: { length: number; content: ReturnType<typeof contentOf> }[] = [];
  let text = "";
  const path = (folder: string) => join(folder, ledgerOf(emulator.url));
  const note = () => {
    if (existsSync(path(settled.folder))) text = readFileSync(path(settled.folder), "utf8");
    moments.push({ length: text.length, content: contentOf(emulator) });
  };
  const settled = await environment({ before: note, after: note });
  expect(await run(settled)).toBe(0);
  expect(moments.length).toBeGreaterThan(200);
  const cut = join(settled.folder, "cut");
  for (const [index, { length, content }] of moments.entries()) {
    const next = moments[index + 1]?.length ?? length;
    for (let end = length; end <= Math.max(length, next - 1); end++) {
      writeFileSync(cut, text.slice(0, end));
      const { users, assignments, unanswered } = new Ledger(cut);
      const missing = content.users.filter((id) => !users.has(id));
      expect(missing.length, `${end} bytes`).toBeLessThanOrEqual(unanswered);
      expect(unanswered).toBeLessThanOrEqual(1);
      if (assignments.size === 0) expect(content.assignments).toEqual(untouched.assignments);
    }
  }
});

it("deletes what a run couldn't delete, and what a run with a torn line had made", async () => {
  const { emulator, environment, printed } = await startResource();
  const untouched = contentOf(emulator);
  const cutDeletions = {
    before: ({ method }: { method: string }) =>
      method === "DELETE" ? Promise.reject(new Error("cut")) : undefined,
  };
  const { folder } = await environment();
  const ledger = join(folder, ledgerOf(emulator.url));
  writeFileSync(ledger, '\n["crea');
  expect(await run(await environment(cutDeletions))).toBe(2);
  const left = contentOf(emulator).users.length;
  expect(left).toBeGreaterThan(5);
  expect(readFileSync(join(folder, files.report), "utf8")).toContain(
    `- Left at the resource: ${left} users, `,
  );
  const { users, unanswered } = new Ledger(ledger);
  expect([users.size, unanswered], "the torn line spoils no other").toEqual([left, 0]);
  appendFileSync(ledger, '\n["deleted","8:acs:');
  expect(await run(await environment()), "it isn't swept yet").toBe(2);
  expect(printed.at(-1)).toMatch(/Run first: npm run test:liveSweep$/);
  expect(await sweep(await environment(cutDeletions))).toBe(2);
  expect(printed.at(-1)).toBe("Some couldn't be deleted. Run it again.");
  expect(await sweep(await environment())).toBe(0);
  expect(printed.at(-1)).toMatch(new RegExp(`^Deleted ${left} users and \\d+ assignments\\.$`));
  expect(contentOf(emulator)).toEqual(untouched);
  expect(existsSync(ledger)).toBe(false);
});

it.each(["SIGINT", "SIGKILL"] as const)("leaves nothing after %s and a sweep", async (signal) => {
  const { emulator } = await startResource();
  const untouched = contentOf(emulator);
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-sweep-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "ca.pem"), certificates.ca);
  const start = (...flags: string[]) => {
    const program = fileURLToPath(new URL("../live/main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), program, ...flags], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
        ACS_LIVE_CONNECTION_STRING: `endpoint=${emulator.url}/;accesskey=${emulator.service.accessKey}`,
        ACS_LIVE_CONFIRM: new URL(emulator.url).host,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += String(chunk);
    });
    return { child, ended: once(child, "close").then(([code]) => ({ code, text })) };
  };
  const { child, ended } = start();
  // The first user's token: no creation is in flight.
  await expect
    .poll(() => emulator.service.requests.some(({ target }) => target.includes(":issue")))
    .toBe(true);
  child.kill(signal);
  const { code, text } = await ended;
  if (signal === "SIGINT") {
    expect(code).toBe(2);
    expect(text).toContain("Stopped: it was interrupted");
    expect(contentOf(emulator)).toEqual(untouched);
  } else expect(code).toBe(null);
  const swept = await start("--sweep").ended;
  expect(swept.code).toBe(0);
  const inFlight = /in flight: at most 1 user is left/.test(swept.text) ? 1 : 0;
  expect(contentOf(emulator).users.length).toBeLessThanOrEqual(inFlight);
});
