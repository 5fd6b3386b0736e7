// Secrets that every row plants.
import { randomBytes } from "node:crypto";

const keyBytes = randomBytes(64);

/** 64 random bytes in base64, like a real access key. */
export const accessKey: string = keyBytes.toString("base64");

function canaryToken(name: string): string {
  return `${name}.${randomBytes(24).toString("base64url")}.${randomBytes(12).toString("base64url")}`;
}

export const tokens: Readonly<Record<"acs" | "teams" | "entra", string>> = {
  acs: canaryToken("CANARYTOKEN"),
  teams: canaryToken("CANARYTEAMS"),
  entra: canaryToken("CANARYENTRA"),
};

/** Returns parts of each secret, mapped to its name. Searching for parts also finds truncated secrets. */
export function secretNeedles(): Map<string, string> {
  const needles = new Map<string, string>();
  addKey(needles, "access key", keyBytes);
  for (const [name, token] of Object.entries(tokens)) {
    for (const part of token.split(".")) needles.set(part.slice(0, 12), `${name} token`);
  }
  return needles;
}

/** Adds another access key, such as the new one after a rotation. */
export function addKey(needles: Map<string, string>, name: string, key: Buffer): void {
  const base64 = key.toString("base64");
  const hex = key.toString("hex").slice(0, 24);
  const bytes = [...key.subarray(0, 8)];
  const encoded = [key.toString("base64url").slice(20, 44), encodeURIComponent(base64).slice(0, 24)];
  const raw = [
    hex,
    hex.toUpperCase(),
    key.toString("latin1").slice(0, 12),
    bytes.join(","),
    bytes.join(", "),
  ];
  for (const form of [base64.slice(0, 20), base64.slice(-22, -2), ...encoded, ...raw])
    needles.set(form, name);
}
