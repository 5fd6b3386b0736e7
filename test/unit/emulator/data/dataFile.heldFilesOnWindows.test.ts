// Another process has the data file open, or its temporary file. Other systems replace it all the same.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { openDataFile } from "../../../../src/emulator/data/dataFile.js";
import type { LogEntry } from "../../../../src/emulator/options/options.js";
import { createFake, type Fake, resetFake } from "../../../../src/testing/service/fake.js";
import { addUser } from "../../../../src/testing/service/users.js";
import { InstantTimer } from "../../../helpers/emulator/instantTimer.js";
import { temporaryFolder } from "../../../helpers/temporaryFolder.js";
import { holdFile } from "./holdFile.js";

const folder = temporaryFolder(afterAll);

let files = 0;

function newFile(): string {
  files += 1;
  return join(folder, `${files}.jsonl`);
}

interface Session {
  readonly fake: Fake;
  readonly log: LogEntry[];
}

/** Opens a data file until the test ends. The storage waits for as long as it does for real, but in no time. */
async function open(file: string): Promise<Session> {
  const fake = createFake();
  const log: LogEntry[] = [];
  const close = await openDataFile(
    file,
    fake,
    (entry) => void log.push(entry),
    undefined,
    undefined,
    new InstantTimer(),
  );
  onTestFinished(close);
  return { fake, log };
}

const create = (fake: Fake) => fake.store.change((draft) => addUser(fake, draft, fake.clock.time, {}));
const reset = (fake: Fake) => fake.store.change((draft) => resetFake(fake, draft));

describe.runIf(process.platform === "win32")(
  "on Windows, which doesn't replace what another process has open",
  () => {
    it("a data file takes changes, and refuses only the reset that would replace it", async () => {
      const file = newFile();
      const { fake, log } = await open(file);
      await create(fake);
      const release = await holdFile(file, "r");
      const resetting = reset(fake);
      expect(fake.state.userCount).toBe(1);
      const message = /^Nothing was changed: .* can't be written: (?:EPERM|EBUSY|EACCES)/;
      await expect(resetting).rejects.toThrow(message);
      expect(log.at(-1)).toMatchObject({ level: "error", message: expect.stringMatching(message) });
      expect(existsSync(`${file}.new`)).toBe(false);
      await create(fake);
      expect(fake.state.userCount).toBe(2);
      await release();
      await reset(fake);
      expect([fake.state.userCount, readFileSync(file, "utf8").includes("userCreated")]).toEqual([0, false]);
    });

    it("a data file refuses a reset at most if its temporary file is open, and goes on", async () => {
      const file = newFile();
      const { fake } = await open(file);
      const release = await holdFile(`${file}.new`, "a");
      await create(fake);
      await reset(fake).catch((error: unknown) => {
        expect(error).toMatchObject({ name: "NotSavedError" });
        expect(fake.state.userCount).toBe(1);
      });
      await create(fake);
      await release();
      await reset(fake);
      expect(fake.state.userCount).toBe(0);
    });
  },
);
