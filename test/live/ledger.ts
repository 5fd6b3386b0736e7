import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";

/** What a run did at the resource, in this order. `removal` is the path of an assignment. */
type Entry =
  | { readonly creating: number }
  | { readonly refused: number }
  | { readonly created: number; readonly id: string }
  | { readonly deleted: string }
  | { readonly assigning: string }
  | { readonly removed: string };

/**
 * A file of the users and assignments that must be deleted, because the service can't list its users. Each line is written
 * before its request, and as soon as an id is known, so that it survives SIGKILL.
 */
export class Ledger {
  readonly #path: string;
  readonly #host: string;
  #creations = 0;

  constructor(path: string, host: string) {
    this.#path = path;
    this.#host = host;
  }

  /** @returns the number of the creation. */
  creating(): number {
    this.#creations++;
    this.#add({ creating: this.#creations });
    return this.#creations;
  }

  /** @param id - Undefined if the service refused to create a user. */
  answered(creation: number, id: string | undefined): void {
    this.#add(id === undefined ? { refused: creation } : { created: creation, id });
  }

  deleted(id: string): void {
    this.#add({ deleted: id });
  }

  assigning(path: string): void {
    this.#add({ assigning: path });
  }

  removed(path: string): void {
    this.#add({ removed: path });
  }

  /** What is left to delete, and how many creations ended without an answer, of any run on this resource. */
  get pending(): { users: string[]; assignments: string[]; unanswered: number } {
    const users = new Set<string>();
    const assignments = new Set<string>();
    let unanswered = 0;
    for (const entry of this.#read()) {
      if ("creating" in entry) unanswered++;
      else if ("refused" in entry) unanswered--;
      else if ("created" in entry) {
        unanswered--;
        users.add(entry.id);
      } else if ("deleted" in entry) users.delete(entry.deleted);
      else if ("assigning" in entry) assignments.add(entry.assigning);
      else assignments.delete(entry.removed);
    }
    return { users: [...users], assignments: [...assignments], unanswered };
  }

  /** Removes the lines of this resource, once nothing is left. */
  clear(): void {
    const others = this.#lines().filter(({ host }) => host !== this.#host);
    rmSync(this.#path, { force: true });
    for (const line of others) appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  #add(entry: Entry): void {
    appendFileSync(this.#path, `${JSON.stringify({ host: this.#host, ...entry })}\n`);
  }

  #read(): Entry[] {
    return this.#lines().filter(({ host }) => host === this.#host);
  }

  #lines(): (Entry & { readonly host: string })[] {
    if (!existsSync(this.#path)) return [];
    return readFileSync(this.#path, "utf8")
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line));
  }
}
