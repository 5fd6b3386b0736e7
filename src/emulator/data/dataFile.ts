import * as promises from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Fake } from "../../testing/service/fake.js";
import type { SeededUser } from "../../testing/state/entries/user.js";
import type { StateEvent } from "../../testing/state/events.js";
import type { ServiceState } from "../../testing/state/serviceState.js";
import type { Log } from "../options/log.js";
import { DataFileError } from "./dataFileError.js";
import { lockFile } from "./fileLock.js";
import { closedWriter, fileWriter } from "./fileWriter.js";
import { type Files, Journal } from "./journal.js";
import { formatVersion, restoreState } from "./restoreState.js";
import { machineTimer, retryWhileBusy, type Timer } from "./retryWhileBusy.js";

const patienceInMs = 1500;
/** Names that Windows keeps for devices, with any ending. */
const device = /^(?:con(?:in\$|out\$)?|prn|aux|nul|(?:com|lpt)[0-9¹²³])\s*(?:[.:]|$)/i;

/**
 * Restores a service's state from a file, or writes it to a new file, and keeps the file up to date: every change is
 * on disk before the response that reports it is sent.
 * @returns A function that waits until all changes are written, and releases the file.
 * @throws DataFileError, leaving the file unchanged.
 */
export async function openDataFile(
  name: string,
  fake: Fake,
  log: Log,
  files: Files = promises,
  lock: typeof lockFile = lockFile,
  timer: Timer = machineTimer,
): Promise<() => Promise<void>> {
  const path = resolve(name);
  if (process.platform === "win32" && device.test(basename(path))) {
    throw new DataFileError("notAccessible", path, "can't be used: Windows keeps this name for a device");
  }
  let release: (() => Promise<void>) | undefined;
  try {
    // Windows can't open a file while the start of another emulator replaces it.
    const { realPath, mode } = await retryWhileBusy(() => realFile(path, files), patienceInMs, timer, [
      "EPERM",
      "EBUSY",
    ]);
    release = await lock(realPath, patienceInMs, timer);
    const close = await openState(realPath, mode, fake, log, files, timer);
    return async () => {
      await close().catch((error) => log({ level: "error", message: `${path}: ${error.message}` }));
      await release?.();
    };
  } catch (error) {
    await release?.();
    if (error instanceof DataFileError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFileError("notAccessible", path, `can't be used: ${reason}`, { cause: error });
  }
}

/** Creates the file if it doesn't exist, and returns its path with symbolic links resolved, and its mode. */
async function realFile(path: string, files: Files): Promise<{ realPath: string; mode: number }> {
  const made = await files.open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await made?.close();
  const realPath = await files.realpath(path);
  const status = await files.stat(realPath);
  if (!status.isFile()) throw new Error("it isn't a regular file");
  // A rewrite would leave the old content under the other names.
  if (status.nlink > 1) throw new Error("it has more than one name (hard links)");
  return { realPath, mode: status.mode };
}

async function openState(
  path: string,
  mode: number,
  fake: Fake,
  log: Log,
  files: Files,
  timer: Timer,
): Promise<() => Promise<void>> {
  const { store, state, clock, settings } = fake;
  const { lines, length, cutBytes, isUnended } = await restoreState(path, fake, files);
  if (lines > 0) {
    log({ level: "info", message: `${path}: ${state.userCount} users` });
    const lacking = settings.users.filter((user) => !isPresent(user, state)).length;
    const message = `${path}: lacks ${lacking} of the ${settings.users.length} users in the options, which count for a new file and for a reset`;
    if (lacking > 0) log({ level: "warn", message });
  }
  if (cutBytes > 0)
    log({ level: "warn", message: `${path}: ignored ${cutBytes} bytes of an incomplete record` });
  const header = { acsIdentityEmulator: formatVersion, resourceId: settings.resourceId };
  const linesWith = (events: readonly StateEvent[]) => {
    const isReset = events[0]?.type === "stateReset";
    return [header, ...(isReset ? [] : state.events(clock.earliest)), ...events];
  };
  const journal = new Journal(files, path, length);
  const current = linesWith([]);
  // Not before the file has been read: until then it may be somebody's other file, which stays as it is.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    await closeForOthers(path, mode, () => journal.replace(current));
    log({
      level: "warn",
      message: `${path}: other users could read or write this file. Now only its owner can`,
    });
  }
  if (lines === 0 || isUnended) await retryWhileBusy(() => journal.replace(current), patienceInMs, timer);
  else if (lines > current.length * 2 + 1000) {
    await journal.replace(current).catch(({ message }: Error) => {
      log({ level: "warn", message: `${path}: couldn't be compacted, so it stays as it is: ${message}` });
    });
  }
  if (cutBytes > 0) await journal.cut();
  const writer = fileWriter(path, journal, linesWith, timer, log);
  store.writer = writer;
  return async () => {
    await store.change((draft) => {
      draft.afterwards = () => {
        store.writer = closedWriter(path, log);
      };
    });
    await writer.close();
  };
}

/**
 * Makes a file, which holds client secrets, one that only its owner can read. Where only another user may change its mode, a
 * file of our own takes its place.
 * @throws Error if neither is possible.
 */
async function closeForOthers(path: string, mode: number, replace: () => Promise<void>): Promise<void> {
  try {
    await promises.chmod(path, mode & 0o700);
  } catch {
    await replace().catch(({ message }: Error) => {
      throw new Error(`other users can read or write it, and it can't be replaced (${message})`);
    });
  }
}

/** Whether a user of the options is in the state. One with neither id nor custom id can't be told. */
function isPresent({ id, customId }: SeededUser, state: ServiceState): boolean {
  if (id !== undefined) return state.user(id) !== undefined;
  return customId === undefined || state.userByCustomId(customId) !== undefined;
}
