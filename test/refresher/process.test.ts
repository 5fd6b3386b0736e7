// What only a process of its own can show.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { timeLimit } from "../timeLimit.js";

const entry = new URL("../../src/refresher/index.ts", import.meta.url);

/** Runs a program that has `createTokenRefresher`, and returns what it prints. Fails if it runs for too long. */
async function run(program: string): Promise<string> {
  const text = `import { createTokenRefresher } from ${JSON.stringify(entry)};\n${program}`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", text];
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: timeLimit });
  return stdout;
}

describe("a Node process", { timeout: timeLimit }, () => {
  it("that has a token ends by itself", async () => {
    const printed = await run(`
      const refresher = createTokenRefresher({ fetchToken: async () => ({ token: "one", expiresInSeconds: 3600 }) });
      console.log((await refresher.getToken()).token);`);
    expect(printed.trim()).toBe("one");
  });

  it("stays alive while somebody waits for the next attempt, and only so long", async () => {
    const printed = await run(`
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
      await refresher.getToken({ abortSignal: AbortSignal.timeout(500) }).catch(({ name }) => console.log(name));`);
    expect(printed).toBe("one\nTimeoutError\n");
  });

  it("isn't ended by a callback that throws or rejects, and its console says so", async () => {
    const printed = await run(`
      console.error = (error) => console.log(error.message);
      let calls = 0;
      const refresher = createTokenRefresher({
        fetchToken: async () => {
          if (++calls === 1) throw new Error("down");
          return { token: "one", expiresInSeconds: 3600 };
        },
        async onToken() { throw new Error("from onToken"); },
        onFailure() { throw new Error("from onFailure"); },
      });
      console.log((await refresher.getToken()).token);`);
    expect(new Set(printed.trim().split("\n"))).toEqual(new Set(["from onFailure", "from onToken", "one"]));
  });

  it("gets no warning when a thousand calls wait on one signal", async () => {
    const printed = await run(`
      process.on("warning", ({ name }) => console.log(name));
      const { signal } = new AbortController();
      const refresher = createTokenRefresher({ fetchToken: () => new Promise(() => {}) });
      const calls = Array.from({ length: 1000 }, () => refresher.getToken({ abortSignal: signal }).catch(() => 1));
      setTimeout(() => refresher.stop(), 50);
      console.log((await Promise.all(calls)).length);`);
    expect(printed.trim()).toBe("1000");
  });
});
