import type { HttpHeaders } from "@azure/core-rest-pipeline";

/**
 * Takes the place of core's class, which has twice the size and shows every value to `util.inspect`, a signature too.
 * As there, a value is trimmed and loses its line breaks, which would end the header.
 */
export class HeaderMap implements HttpHeaders {
  /** By name in lower case. */
  readonly #entries: Map<string, [name: string, value: string]> = new Map();

  constructor(headers: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of headers) this.set(name, value);
  }

  get(name: string): string | undefined {
    return this.#entries.get(name.toLowerCase())?.[1];
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  set(name: string, value: string | number | boolean): void {
    const text = String(value).trim();
    // Looking for what is hardly ever there is faster than replacing it.
    this.#entries.set(name.toLowerCase(), [name, /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text]);
  }

  delete(name: string): void {
    this.#entries.delete(name.toLowerCase());
  }

  toJSON({ preserveCase = false }: { preserveCase?: boolean } = {}): Record<string, string> {
    return Object.fromEntries(
      preserveCase ? this : [...this.#entries].map(([name, [, value]]) => [name, value]),
    );
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#entries.values();
  }
}
