import { list, quote } from "./source.js";

/** Gives each set of versions one constant, since operations share a few sets and browsers download the arrays. */
export class VersionSets {
  readonly #all: readonly string[];
  readonly #names = new Map<string, string>();
  #usesAll = false;

  constructor(all: readonly string[]) {
    this.#all = all;
  }

  /** Returns the name of the constant that holds `versions`. */
  name(versions: readonly string[]): string {
    if (versions.length === this.#all.length) {
      this.#usesAll = true;
      return "serviceVersions";
    }
    const joined = versions.join();
    const name = this.#names.get(joined) ?? this.#newName(versions);
    this.#names.set(joined, name);
    return name;
  }

  /** Returns the import from apiVersions.ts that the constants need. Call it after naming all sets. */
  importLine(): string {
    return this.#usesAll
      ? 'import { type ServiceVersion, serviceVersions } from "./apiVersions.js";'
      : 'import type { ServiceVersion } from "./apiVersions.js";';
  }

  declarations(): string[] {
    return [...this.#names].map(([joined, name]) => {
      const versions = joined === "" ? [] : joined.split(",").map(quote);
      return list(`const ${name}: readonly ServiceVersion[] = [`, versions, "];");
    });
  }

  #newName(versions: readonly string[]): string {
    const first = versions[0] ?? "none";
    const last = versions.at(-1) ?? "none";
    const start = this.#all.indexOf(first);
    const end = start + versions.length;
    const contiguous = this.#all.slice(start, end).join() === versions.join();
    if (contiguous && end === this.#all.length) return `since${compact(first)}`;
    if (contiguous && versions.length === 1) return `only${compact(first)}`;
    if (contiguous) return `from${compact(first)}To${compact(last)}`;
    return `versions${this.#names.size + 1}`;
  }
}

/** Turns "2025-03-02-preview" into "20250302Preview". */
const compact = (version: string): string =>
  version
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
