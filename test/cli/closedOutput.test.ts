// Readers of the command's output that go away, and output that can't be written.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { startCommand } from "../emulator/command.js";
import { send } from "../emulator/http.js";
import { cli } from "./command.js";

it("an emulator goes on if nobody reads its output and its log any more", async () => {
  const command = startCommand(["--log-level", "debug"]);
  onTestFinished(() => void command.kill("SIGKILL"));
  const { url } = await command.ready();
  command.process.stdout?.destroy();
  command.process.stderr?.destroy();
  for (let count = 0; count < 5; count++) {
    const { status } = await send(url, "POST", "/identities?api-version=2023-10-01");
    expect(status).toBe(401);
  }
  if (process.platform !== "win32") expect(await command.kill("SIGTERM")).toBe(0);
});

it("another command ends quietly if nobody reads its output", async () => {
  const child = spawn(process.execPath, [cli, "help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
});

it.skipIf(!existsSync("/dev/full")).each([
  ["a new user is named on standard error", ["user", "create", "--token", "voip"]],
  ["an emulator that can't say that it is ready doesn't start", ["emulator", "--port", "0"]],
])("a command whose output can't be written exits with 1, and %s (needs /dev/full)", async (_, args) => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, COMMUNICATION_CONNECTION_STRING: emulator.connectionString },
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  const [errors, [code]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream),
    once(child, "close"),
  ]);
  const [user] = emulator.service.users;
  expect(user === undefined).toBe(args[0] === "emulator");
  const names = user ? `${user.id}: ` : "";
  expect({ code, errors }).toEqual({
    code: 1,
    errors: `${names}The result can't be written to standard output: ENOSPC\n`,
  });
});
