import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { ServiceCore } from "../../testing/serviceCore.js";
import { checkEvent } from "../../testing/state/checkEvent.js";
import type { StateEvent } from "../../testing/state/events.js";
import { addUser, nextUserId } from "../../testing/users.js";
import type { LogEntry } from "../options.js";
import { DataFileError } from "./dataFileError.js";
import { FileLock } from "./fileLock.js";
import { Journal } from "./journal.js";
import { decodeRecord } from "./records.js";

const FORMAT = 1;
const NEWLINE = 10;

/** A file that a service's state is kept in. */
export interface DataFile {
  /** Writes what is left and lets the file go. */
  close(): Promise<void>;
}

interface Header {
  readonly acsIdentityEmulator: typeof FORMAT;
  readonly resourceId: string;
}

/**
 * Brings a service to the state in a file, or writes its state to a new one, and keeps the file up to date:
 * no answer leaves before what it tells is on the disk.
 * @throws DataFileError, and then the file is left as it was.
 */
export async function openDataFile(
  name: string,
  core: ServiceCore,
  log: (entry: LogEntry) => void,
): Promise<DataFile> {
  const path = resolve(name);
  const lock = await accessible(path, () => FileLock.acquire(path));
  try {
    const journal = await accessible(path, () => openJournal(path, core, log));
    core.state.onEvent = (event) => journal.append(event);
    core.flush = () => journal.flush();
    addMissingUsers(core);
    await core.flush();
    return {
      close: async () => {
        await journal.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openJournal(
  path: string,
  core: ServiceCore,
  log: (entry: LogEntry) => void,
): Promise<Journal> {
  const { state, clock, settings } = core;
  const header: Header = { acsIdentityEmulator: FORMAT, resourceId: settings.resourceId };
  const wholeState = () => [header, ...state.events(clock.earliest)];
  if (!(await hasContent(path))) return Journal.create(path, wholeState);

  state.record({ type: "stateReset", nextUser: 1, nextToken: 1, firstToken: 1 });
  const contents = await readEvents(path, settings.resourceId, (event) => state.record(event));
  if (contents.rest > 0) {
    log({
      level: "warn",
      message: `${path}: cut off ${contents.rest} bytes of a record that was never completed`,
    });
  }
  log({ level: "info", message: `${path}: ${state.userCount} users` });
  const isBloated = contents.events > wholeState().length * 2 + 1000;
  return isBloated ? Journal.create(path, wholeState) : Journal.continue(path, contents.length, wholeState);
}

interface Contents {
  readonly events: number;
  /** Bytes of complete records. */
  readonly length: number;
  /** Bytes behind them. */
  readonly rest: number;
}

async function readEvents(
  path: string,
  resourceId: string,
  onEvent: (event: StateEvent) => void,
): Promise<Contents> {
  let number = 0;
  let length = 0;
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      number += 1;
      const line = bytes.toString("utf8", start, end);
      if (number === 1) checkHeader(path, line, resourceId);
      else onEvent(readEvent(path, line, number));
      start = end + 1;
    }
    length += start;
    rest = bytes.subarray(start);
  }
  if (number === 0) throw damaged(path, 1, "it is no data file of this emulator");
  return { events: number - 1, length, rest: rest.length };
}

function checkHeader(path: string, line: string, resourceId: string): void {
  let header: Partial<Header>;
  try {
    header = decodeRecord(line) as Header;
  } catch {
    throw damaged(path, 1, "it is no data file of this emulator");
  }
  if (header?.acsIdentityEmulator !== FORMAT) throw damaged(path, 1, "the format is not known");
  if (header.resourceId !== resourceId) {
    const other = `it holds users of the resource ${header.resourceId}, not ${resourceId}`;
    throw new DataFileError("otherResource", path, other);
  }
}

function readEvent(path: string, line: string, number: number): StateEvent {
  try {
    return checkEvent(decodeRecord(line));
  } catch (error) {
    throw damaged(path, number, error instanceof TypeError ? error.message : "the checksum does not match");
  }
}

function damaged(path: string, line: number, reason: string): DataFileError {
  return new DataFileError("damaged", path, `damaged in line ${line}: ${reason}. The file was left as it is`);
}

/** Users of the options that a file does not have yet. */
function addMissingUsers(core: ServiceCore): void {
  for (const { id, customId } of core.settings.users) {
    const known =
      id === undefined ? customId !== undefined && core.state.userByCustomId(customId) : core.state.user(id);
    const named = id !== undefined || customId !== undefined;
    if (!known && named) addUser(core, id ?? nextUserId(core), customId);
  }
}

async function hasContent(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

async function accessible<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFileError("notAccessible", path, `can't be used: ${reason}`, { cause: error });
  }
}
