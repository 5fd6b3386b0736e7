import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { timeLimit } from "../helpers/timeLimit.js";

const emulator = new URL("../../dist/esm/emulator/index.js", import.meta.url);

/** Starts the emulator with few files, opens as many as it gets, and asks for the page on a connection that is open. */
const program = `
  const { startEmulator } = await import(${JSON.stringify(emulator.href)});
  const { connect } = await import("node:net");
  const { openSync } = await import("node:fs");
  const { url, close } = await startEmulator();
  const { host, port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.once("close", () => process.exit(1));
  const ask = async (path) => {
    socket.write("GET " + path + " HTTP/1.1\\r\\nHost: " + host + "\\r\\n\\r\\n");
    let text = "";
    while (!text.includes("\\r\\n\\r\\n")) text += await new Promise((resolve) => socket.once("data", resolve));
    socket.removeAllListeners("data");
    return text.slice(9, 12);
  };
  const health = await ask("/_emulator/health");
  let lack;
  try { for (;;) openSync("/dev/null"); } catch ({ code }) { lack = code; }
  console.log(health, lack, await ask("/help"));
  process.exit();
`;

describe("the page", () => {
  it("doesn't need a file that may be missing when the first browser comes", () => {
    const node = [process.execPath, "--input-type=module", "-e", program].map(
      (part) => `'${part.replaceAll("'", `'\\''`)}'`,
    );
    const out = execFileSync("bash", ["-c", `ulimit -n 128; exec ${node.join(" ")}`], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      encoding: "utf8",
      timeout: timeLimit / 5,
    });
    expect(out.trim()).toBe("200 EMFILE 200");
  });
});
