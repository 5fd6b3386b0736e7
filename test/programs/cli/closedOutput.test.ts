// Readers of the command's output that go away, and output that can't be written.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";

import { CommunicationIdentityClient } from "../../../src/index.js";
import { cli } from "../../helpers/cli/command.js";
import { startCommand } from "../../helpers/emulator/command.js";
import { send } from "../../helpers/emulator/http.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";

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

describe.skipIf(process.platform === "win32")("a full pipe that nobody reads (Windows has no mkfifo)", () => {
  it.each([
    ["a signal", ["--port", "0"], (child: ChildProcess) => child.kill("SIGTERM")],
    [
      "the end of standard input",
      ["--port", "0", "--exit-with-stdin"],
      (child: ChildProcess) => child.stdin?.end(),
    ],
  ])("doesn't keep an emulator that logs to it running after %s", async (_, args, end) => {
    const pipe = join(temporaryFolder(), "log");
    execFileSync("mkfifo", [pipe]);
    const unread = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const log = openSync(pipe, "w");
    onTestFinished(() => [unread, log].forEach(closeSync));
    const child = spawn(process.execPath, [cli, "emulator", "--json", ...args], {
      stdio: ["pipe", "pipe", log],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [ready] = await once(child.stdout as Readable, "data");
    const { url } = JSON.parse(ready);
    // A pipe holds 64 KiB, and some systems let it grow.
    for (let count = 0; count < 400; count++) await send(url, "POST", `/identities?${"x".repeat(1000)}`);
    end(child);
    expect((await once(child, "close"))[0]).toBe(0);
  });
});

describe("a command whose output nobody reads exits with 1, and has on standard error", () => {
  it.each([
    ["doctor", "no id", () => ["doctor"]],
    [
      "token inspect",
      "no id, as it makes nothing",
      (_id: string, token: string) => ["token", "inspect", token],
    ],
    ["user delete", "no id, as it makes nothing", (id: string) => ["user", "delete", id]],
    [
      "token issue ID",
      "no id, as the user isn't new",
      (id: string) => ["token", "issue", id, "--scope", "voip"],
    ],
    ["user create", "the id of the new user", () => ["user", "create"]],
    ["token issue", "the id of the new user", () => ["token", "issue", "--scope", "voip"]],
  ])("%s: %s", async (_, expected, args) => {
    const { service, connectionString, close } = await startEmulator();
    onTestFinished(close);
    const client = new CommunicationIdentityClient(connectionString);
    const { user, token } = await client.createUserAndToken(["voip"]);
    const child = spawn(process.execPath, [cli, ...args(user.communicationUserId, token)], {
      env: { ...process.env, COMMUNICATION_CONNECTION_STRING: connectionString },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    const made = service.users.find(({ id }) => id !== user.communicationUserId);
    expect(made !== undefined).toBe(expected === "the id of the new user");
    const prefix = made ? `${made.id}: ` : "";
    expect(code).toBe(1);
    expect(errors.replace(/(?:EPIPE|EOF)\n$/, "")).toBe(
      `${prefix}The result can't be written to standard output: `,
    );
  });
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
