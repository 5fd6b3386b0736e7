import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

/** Opens a file in another process, and returns what closes it. */
export async function holdFile(file: string, flags: "r" | "a"): Promise<() => Promise<void>> {
  const program = `
    fs.openSync(...process.argv.slice(1));
    console.log("open");
    process.stdin.resume().on("end", () => process.exit());
  `;
  const child = spawn(process.execPath, ["--eval", program, file, flags], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  await once(child.stdout, "data");
  return async () => {
    child.stdin.end();
    await once(child, "close");
  };
}
