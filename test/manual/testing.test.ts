import { startEmulator } from "acs-identity/emulator";
import { expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { codeBlocks, root } from "../helpers/documents.js";

it.skipIf(process.platform === "win32")(
  "adds and ends faults with the lines for curl of docs/adminApi.md",
  async () => {
    const [block = ""] = codeBlocks("docs/adminApi.md", "sh").filter((code) => code.includes("delayInMs"));
    const emulator = await startEmulator();
    const lines = block.replaceAll("http://127.0.0.1:7311", emulator.url).trimEnd().split("\n");
    const faultsNow = async () => (await fetch(`${emulator.url}/_emulator/faults`)).json();
    await run("sh", ["-e", "-c", lines.slice(0, -1).join("\n")], { cwd: root });
    const added = await faultsNow();
    await run("sh", ["-e", "-c", lines.slice(-1).join("\n")], { cwd: root });
    const left = await faultsNow();
    await emulator.close();
    expect(added).toMatchObject({
      faults: [
        { delayInMs: 3000, times: "unlimited" },
        { drop: "after", operation: "createUser", times: 1 },
        { drop: "before", times: 1 },
      ],
    });
    expect(left).toEqual({ faults: [] });
  },
);
