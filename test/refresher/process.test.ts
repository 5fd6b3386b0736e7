import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { timeLimit } from "../timeLimit.js";

const entry = new URL("../../src/refresher/index.ts", import.meta.url);
const program = `
  import { createTokenRefresher } from ${JSON.stringify(entry)};
  let calls = 0;
  const refresher = createTokenRefresher({
    fetchToken: async () => {
      if (++calls === 1) throw new Error("down");
      if (calls === 2) return { token: "one", expiresInSeconds: 3600 };
      return new Promise(() => {});
    },
  });
  console.log((await refresher.getToken()).token);
  refresher.retry();
  await refresher.getToken({ abortSignal: AbortSignal.timeout(500) }).catch(({ name }) => console.log(name));`;

it("a Node process stays alive while somebody waits for a token, and only so long", {
  timeout: timeLimit,
}, async () => {
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: timeLimit });
  expect(stdout).toBe("one\nTimeoutError\n");
});
