import type { Fake } from "../../testing/service/fake.js";
import { checkEvent } from "../../testing/state/checkEvent.js";
import { utf8Decode } from "../../testing/wire/bytes.js";
import { DataFileError } from "./dataFileError.js";
import type { Files } from "./journal.js";
import { readLines } from "./readLines.js";

/** The version of the lines, which the first one names. */
export const formatVersion = 4;

/** What a start found in a data file. */
interface Restored {
  /** How many lines were read. */
  readonly lines: number;
  /** The length of the lines that end, in bytes. */
  readonly length: number;
  /** How many bytes of an incomplete record follow them, which a crash has cut off. They are ignored. */
  readonly cutBytes: number;
  /** Whether the last line is whole, and only its end is missing. */
  readonly isUnended: boolean;
}

/**
 * Restores the service's state from the lines of a data file, unless the file is empty.
 * @throws DataFileError if a line other than a last one that was cut off can't be read.
 */
export async function restoreState(path: string, { state, settings }: Fake, files: Files): Promise<Restored> {
  const readLine = (line: Uint8Array, number: number) => {
    try {
      if (number === 1) refuseMark(line);
      const value: unknown = JSON.parse(utf8Decode(line));
      if (number > 1) return state.apply(checkEvent(value));
      const { acsIdentityEmulator, resourceId } = Object(value);
      if (acsIdentityEmulator !== formatVersion)
        throw new TypeError("it isn't a data file of this version of the emulator");
      const other = `it holds users of the resource ${resourceId}, not ${settings.resourceId}`;
      if (resourceId !== settings.resourceId) throw new DataFileError("otherResource", path, other);
      state.apply({ type: "stateReset", nextUser: 1, nextToken: 1, discardedUpTo: 0 });
    } catch (error) {
      if (error instanceof DataFileError) throw error;
      // The message of JSON.parse quotes a part of the line, which may be a secret.
      const reason = error instanceof TypeError ? error.message : "it isn't valid JSON";
      const message = `damaged in line ${number}: ${reason}. The file was left unchanged: correct the line, or move the file away to start without its users`;
      throw new DataFileError("damaged", path, message);
    }
  };
  const file = await files.open(path, "r");
  const { lines, length, rest } = await readLines(file, readLine).finally(() => file.close());
  // Some editors remove the last line end. The emulator never leaves an incomplete first line, because it puts a new file
  // in place as a whole.
  const isUnended = rest.length > 0 && (lines === 0 || isObject(rest));
  if (isUnended) readLine(rest, lines + 1);
  return { lines: lines + Number(isUnended), length, cutBytes: isUnended ? 0 : rest.length, isUnended };
}

/** Returns whether a record is whole: an object that was cut off isn't valid JSON. */
function isObject(bytes: Uint8Array): boolean {
  try {
    return typeof JSON.parse(utf8Decode(bytes)) === "object";
  } catch {
    return false;
  }
}

/** The byte order marks of UTF-8 and UTF-16, which editors and shells of Windows write. @throws TypeError */
function refuseMark(line: Uint8Array): void {
  const start = Buffer.from(line.subarray(0, 3)).toString("hex");
  const encoding = start === "efbbbf" ? "UTF-8" : /^(?:fffe|feff)/.test(start) ? "UTF-16" : undefined;
  if (encoding)
    throw new TypeError(`it begins with the byte order mark of ${encoding}. Save it as UTF-8 without one`);
}
