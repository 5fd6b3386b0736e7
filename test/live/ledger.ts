import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { Stop } from "./side.js";

/** An assignment is named by its path. `creating` and `assigning` come before the request. */
type Event = "creating" | "refused" | "created" | "deleted" | "assigning" | "removed";

/**
 * What must be deleted at a resource, because the service can't list its users. Each event is written to a file at once, so
 * that it survives whatever ends the process.
 */
export class Ledger {
  readonly users: Set<string> = new Set();
  readonly assignments: Set<string> = new Set();
  /** How many creations ended without an answer. */
  unanswered = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n")) {
      try {
        this.#apply(...(JSON.parse(line) as [Event, string]));
      } catch {
        // A line that was cut off. The request of `creating` and `assigning` wasn't sent; what was deleted can be deleted again.
      }
    }
  }

  /** @throws Stop if the file can't be written, because another user might be forgotten. */
  add(event: Event, subject = ""): void {
    this.#apply(event, subject);
    try {
      // The line break comes first, so that a line that was cut off earlier doesn't spoil this one.
      appendFileSync(this.#path, `\n${JSON.stringify([event, subject])}`);
    } catch (error) {
      throw new Stop(`the list of users can't be written: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  /** What is left at the resource, in words. */
  get left(): string {
    const parts = [
      this.users.size > 0 && `${this.users.size} users`,
      this.assignments.size > 0 && `${this.assignments.size} assignments`,
      this.unanswered > 0 && `at most ${this.unanswered} users whose creation wasn't answered`,
    ];
    return parts.filter(Boolean).join(", ") || "nothing";
  }

  /** Removes the file. */
  clear(): void {
    rmSync(this.#path, { force: true });
  }

  #apply(event: Event, subject: string): void {
    if (event === "creating") this.unanswered++;
    if (event === "refused" || event === "created") this.unanswered--;
    if (event === "created") this.users.add(subject);
    if (event === "deleted") this.users.delete(subject);
    if (event === "assigning") this.assignments.add(subject);
    if (event === "removed") this.assignments.delete(subject);
  }
}
