// The numbers that the pages promise, each with the place of the product that decides it.
import { textOf } from "../helpers/documents.js";

/** A number of the product, and where the pages say it. In a text, `{s}` stands for the number in seconds. */
export interface PromisedNumber {
  readonly value: number;
  /** The texts of each page, with one placeholder each. */
  readonly says: Readonly<Record<string, readonly string[]>>;
}

/** In the base of its kind: milliseconds, bytes, or a count. */
const placeholders: Readonly<Record<string, number>> = {
  "{}": 1,
  "{ms}": 1,
  "{s}": 1000,
  "{min}": 60_000,
  "{h}": 3_600_000,
  "{d}": 86_400_000,
  "{y}": 365 * 86_400_000,
  "{KiB}": 1024,
  "{MB}": 1_000_000,
  "{MiB}": 1024 ** 2,
};

const words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** Exit codes, and numbers with a unit, in digits or words. An ordinal such as "a second terminal" is none. */
const written =
  /(?<![\w.-])(?:\d[\d,. ]*\d|\d|two|three|four|five|six|seven|eight|nine|ten|half an?|an?)\s(?:ms|milliseconds?|s|seconds?|minutes?|hours?|days?|weeks?|months?|years?|KiB|MiB|GiB|KB|MB|GB|bytes?|characters?|attempts|times|retries|%)(?!\w)(?! attempt\b| terminal\b| user\b)|(?<=\b[Ee]xit code |\b[Ee]xits with )\d+/g;

/**
 * Returns the first group of a pattern in a file of src, which is a number or a product, such as `60 * second`: names are
 * constants of the same file. It is NaN if the file has no such place.
 */
export function inSource(path: string, pattern: RegExp): number {
  const text = textOf(path);
  const [, expression] = pattern.exec(text) ?? [];
  if (expression === undefined) return Number.NaN;
  return expression.split("*").reduce((product, factor) => {
    const number = Number(factor.replaceAll("_", ""));
    if (!Number.isNaN(number)) return product * number;
    return (
      product * inSource(path, new RegExp(`^(?:export )?const ${factor.trim()}(?:: number)? = (.+);`, "m"))
    );
  }, 1);
}

/** Returns what is wrong about the promises of a page: a text that isn't there or says another number. */
export function brokenPromises(path: string, page: string, promises: readonly PromisedNumber[]): string[] {
  return promises.flatMap(({ value, says }) =>
    (says[path] ?? []).flatMap((text) => {
      const found = [...page.matchAll(patternOf(text))];
      if (found.length === 0) return [`"${text}" isn't there`];
      const numbers = found.map(([, number = ""]) => numberOf(number) * unitOf(text));
      return numbers.every((number) => Math.abs(number - value) < 1e-6)
        ? []
        : [`"${text}" isn't ${numbers}, but ${value}`];
    }),
  );
}

/** Returns the numbers of a page that no promise holds and no exception names. */
export function unheldNumbers(
  path: string,
  page: string,
  promises: readonly PromisedNumber[],
  exceptions: readonly string[],
): string[] {
  const texts = promises.flatMap(({ says }) => says[path] ?? []);
  const held = [...texts, ...exceptions].flatMap((text) =>
    [...page.matchAll(patternOf(text))].map(({ index, 0: { length } }) => [index, index + length] as const),
  );
  // Code blocks show examples.
  const prose = page.replace(/^```.*?^```/gms, (block) => " ".repeat(block.length));
  return [...prose.matchAll(written)].flatMap(({ index, 0: number }) =>
    held.some(([start, end]) => start < index + number.length && index < end)
      ? []
      : [prose.slice(Math.max(0, index - 40), index + number.length + 20).replace(/\s+/g, " ")],
  );
}

function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  return new RegExp(escaped.replace(/\{\w*\}/, "([\\d][\\d. ,]*\\d|\\d|[a-z]+(?: an?)?)"), "g");
}

function unitOf(text: string): number {
  const [name = ""] = /\{\w*\}/.exec(text) ?? [];
  const unit = placeholders[name];
  if (unit === undefined) throw new Error(`No unit: ${text}`);
  return unit;
}

function numberOf(text: string): number {
  if (/^an?$/.test(text)) return 1;
  if (/^half an?$/.test(text)) return 0.5;
  if (text === "thousand") return 1000;
  return words.includes(text) ? words.indexOf(text) : Number(text.replace(/[ ,]/g, ""));
}
