// Random secrets that each run plants, and the search for them in everything that the library outputs.
import { randomBytes } from "node:crypto";

/** A named secret with the strings that give it away. */
export interface Canary {
  readonly name: string;
  readonly value: string;
  readonly needles: readonly string[];
}

const needleLength = 12;

/** Creates an access key like those of the service: 64 random bytes in base64. */
export function keyCanary(name: string): Canary {
  const bytes = randomBytes(64);
  const value = bytes.toString("base64");
  const decoded = [
    bytes.toString("latin1"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    [...bytes].join(","),
    [...bytes].join(", "),
  ];
  return { name, value, needles: [...formsOf(value), ...decoded].flatMap(piecesOf) };
}

/** Creates a token in the form of a JWT with random parts. */
export function tokenCanary(name: string): Canary {
  const parts = [36, 120, 48].map((length) => randomBytes(length).toString("base64url"));
  return textCanary(name, `eyJ${parts.join(".")}`);
}

export function textCanary(name: string, value: string): Canary {
  return { name, value, needles: formsOf(value).flatMap(piecesOf) };
}

/** Returns the names of the secrets of which a text contains 24 or more consecutive characters in any form. */
export function findCanaries(text: string, canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ name, needles }) => {
    const needle = needles.find((piece) => text.includes(piece));
    return needle === undefined ? [] : [`${name}: ${around(text, needle)}`];
  });
}

/** Returns the encoded forms of a text, with base64 in each alignment, since it may be encoded within a longer text. */
function formsOf(text: string): string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString("base64");
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [
    text,
    ...shifted,
    Buffer.from(text).toString("hex"),
    encodeURIComponent(text),
    text.replaceAll("/", "\\/"),
    text.replaceAll("+", "\\u002b"),
  ];
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start + needleLength <= text.length; start += needleLength) {
    pieces.push(text.slice(start, start + needleLength));
  }
  return pieces;
}

function around(text: string, needle: string): string {
  const at = text.indexOf(needle);
  return JSON.stringify(text.slice(Math.max(0, at - 120), at + 24));
}
