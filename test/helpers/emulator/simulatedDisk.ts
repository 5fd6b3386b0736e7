import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { DataFileError } from "../../../src/emulator/data/dataFileError.js";
import type { Files } from "../../../src/emulator/data/journal.js";

interface Inode {
  content: Buffer;
  /** The content that survives a power failure. */
  synced: Buffer;
  /** How many open handles it has. */
  handles: number;
}

/** A failure from a step on. A `part` (0 to 1) of a write takes effect; any other call takes effect if it is over 0. */
export interface Trouble {
  readonly step: number;
  readonly part: number;
  /** `crash`: nothing happens from then on. `fail`: only this step rejects, or as many steps as `times` says. */
  readonly kind: "crash" | "fail";
  /** The code of the error. Default: EIO. */
  readonly code?: string;
  /** If it is more than 1, only calls that take a path fail. Default: 1. */
  readonly times?: number;
}

/** The calls that a system refuses while another program has a file open. What is open stays usable. */
export const callsByPath: readonly string[] = ["open", "realpath", "stat", "truncate", "rename", "rm"];

/**
 * In-memory files that count each call as a step, and can crash, fail or fill up at any step. While `process.platform` is
 * `win32`, they behave as on Windows: folders can't be opened, open files can't be renamed or replaced, and only the sync
 * of a file makes its name survive a power failure.
 */
export class SimulatedDisk {
  capacity: number = Number.POSITIVE_INFINITY;
  steps = 0;
  /** How many files and folders are open. */
  open = 0;
  /** The name of each step so far. */
  readonly calls: string[] = [];
  /** Resolves when the failure has occurred. */
  readonly crashed: Promise<void>;
  readonly locked: Set<string> = new Set();
  #names = new Map<string, Inode>();
  /** The names that survive a power failure. */
  #durableNames = new Map<string, Inode>();
  #troubles: readonly Trouble[];
  #failing: { code: string; call: string | undefined } | undefined;
  #failsFrom: { readonly call: string; readonly code: string } | undefined;
  #crash = () => {};
  #isDead = false;

  constructor(troubles: Trouble | readonly Trouble[] = [], content: ReadonlyMap<string, Buffer> = new Map()) {
    this.#troubles = [troubles].flat();
    this.crashed = new Promise((resolve) => {
      this.#crash = resolve;
    });
    for (const [name, bytes] of content) this.#names.set(name, { content: bytes, synced: bytes, handles: 0 });
    this.#durableNames = new Map(this.#names);
  }

  /** Lets each call, or each call of this name, fail from now on. */
  fail(code: string, call?: string): void {
    this.#failing = { code, call };
  }

  /** Lets the next call of this name fail, and each one after it. */
  failFrom(call: string, code: string): void {
    this.#failsFrom = { call, code };
  }

  /** Ends all failures. */
  mend(): void {
    this.#failsFrom = undefined;
    this.#troubles = [];
    this.#failing = undefined;
  }

  get usedBytes(): number {
    return [...this.#names.values()].reduce((sum, { content }) => sum + content.length, 0);
  }

  /** Returns the contents that the next start may find, without duplicates. */
  outcomes(): Map<string, Buffer>[] {
    const contents = (["killed", "powerLost", "powerLostAfterRenames"] as const).map((each) =>
      this.content(each),
    );
    const textOf = (content: Map<string, Buffer>) => [...content].flat().join("\0");
    return [...new Map(contents.map((content) => [textOf(content), content])).values()];
  }

  content(survivors: "killed" | "powerLost" | "powerLostAfterRenames" = "killed"): Map<string, Buffer> {
    const names = survivors === "powerLost" ? this.#durableNames : this.#names;
    return new Map(
      [...names].map(([name, { content, synced }]) => [name, survivors === "killed" ? content : synced]),
    );
  }

  readonly files: Files = {
    // One that fails may create the file, but leaves nothing open.
    open: async (path: string, flags: string | number) =>
      this.#handle(path, await this.#step("open", () => this.#open(path, String(flags)))),
    realpath: (path: string) => this.#step("realpath", () => path),
    stat: (path: string) =>
      this.#step("stat", () => {
        const size = this.#inode(path).content.length;
        return { isFile: () => true, nlink: 1, size };
      }),
    rename: (from: string, to: string) =>
      this.#step("rename", () => {
        if (isWindows() && [from, to].some((name) => this.#isOpen(name))) throw systemError("EPERM");
        this.#names.set(to, this.#inode(from));
        this.#names.delete(from);
      }),
    rm: (path: string) => this.#step("rm", () => void this.#names.delete(path)),
    truncate: (path: string, length: number) =>
      this.#step("truncate", () => {
        const inode = this.#inode(path);
        inode.content = Buffer.concat([inode.content], length);
      }),
    // biome-ignore lint/suspicious/noExplicitAny: these functions do only what the storage uses
  } as any;

  readonly lock = async (path: string): Promise<() => Promise<void>> => {
    if (this.locked.has(path))
      throw new DataFileError("inUse", path, "another emulator or program has it open");
    this.locked.add(path);
    return async () => void this.locked.delete(path);
  };

  /** Returns undefined for a folder. */
  #open(path: string, flags: string): Inode | undefined {
    const isFolder = flags === "r" && !this.#names.has(path);
    if (isFolder && isWindows()) throw systemError("EPERM");
    if (flags.includes("x") && this.#names.has(path)) throw systemError("EEXIST");
    if (flags.includes("x"))
      this.#names.set(path, { content: Buffer.alloc(0), synced: Buffer.alloc(0), handles: 0 });
    return isFolder ? undefined : this.#inode(path);
  }

  #handle(path: string, inode: Inode | undefined): FileHandle {
    let isOpen = true;
    this.open += 1;
    if (inode) inode.handles += 1;
    const step = <T>(name: string, action: (part: number) => T): Promise<T> =>
      this.#step(name, (part) => {
        if (!isOpen) throw systemError("EBADF");
        return action(part);
      });
    const handle = {
      read: (buffer: Buffer, offset: number, length: number, position: number) =>
        step("read", () => {
          const bytesRead = inode?.content.copy(
            buffer,
            offset,
            position,
            position + Math.min(length, 16_384),
          );
          return { bytesRead };
        }),
      appendFile: async (bytes: Buffer) => {
        // Like Node, continues after short writes, of which the first is one, until one fails.
        for (let rest = bytes; rest.length > 0; ) {
          const most = rest === bytes ? Math.ceil(rest.length * 0.6) : rest.length;
          const write = (part: number) => this.#write(inode, rest.subarray(0, most), part);
          rest = rest.subarray(await step("write", write));
        }
      },
      datasync: () => step("datasync", () => this.#sync(path, inode)),
      sync: () => step("sync", () => this.#sync(path, inode)),
      close: () =>
        step("close", () => {
          if (isOpen) this.open -= 1;
          isOpen = false;
          if (inode) inode.handles -= 1;
        }),
    };
    return handle as unknown as FileHandle;
  }

  #write(inode: Inode | undefined, bytes: Buffer, part: number): number {
    const written = Math.min(Math.floor(bytes.length * part), this.capacity - this.usedBytes);
    if (written <= 0 && part > 0) throw systemError("ENOSPC");
    if (inode) inode.content = Buffer.concat([inode.content, bytes.subarray(0, written)]);
    return written;
  }

  #sync(path: string, inode: Inode | undefined): void {
    if (inode) {
      inode.synced = inode.content;
      if (isWindows()) this.#keepName(path, inode);
    } else this.#durableNames = new Map([...this.#names].filter(([name]) => dirname(name) === path));
  }

  #keepName(name: string, inode: Inode): void {
    const others = [...this.#durableNames].filter(([, other]) => other !== inode);
    this.#durableNames = new Map([...others, [name, inode]]);
  }

  #isOpen(name: string): boolean {
    return (this.#names.get(name)?.handles ?? 0) > 0;
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (!inode) throw systemError("ENOENT");
    return inode;
  }

  async #step<T>(name: string, action: (part: number) => T): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isDead) return new Promise(() => {});
    this.steps += 1;
    this.calls.push(name);
    if (this.#failsFrom?.call === name) this.fail(this.#failsFrom.code);
    if (this.#failing && (this.#failing.call ?? name) === name) throw systemError(this.#failing.code);
    const trouble = this.#troubles.find(
      ({ step, times = 1 }) =>
        this.steps >= step && this.steps < step + times && (times === 1 || callsByPath.includes(name)),
    );
    if (!trouble) return action(1);
    const { part, kind, code = "EIO" } = trouble;
    this.#isDead = kind === "crash";
    this.#crash();
    if (part > 0) action(part);
    if (kind === "fail") throw systemError(code);
    return new Promise(() => {});
  }
}

function isWindows(): boolean {
  return process.platform === "win32";
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up by a test`), { code });
}
