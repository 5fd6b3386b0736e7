// Secrets that every row plants.
import { randomBytes } from "node:crypto";

const key = randomBytes(64);

/** 64 random bytes in base64, like a real access key. */
export const accessKey: string = key.toString("base64");

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
  const hex = key.toString("hex").slice(0, 24);
  const bytes = [...key.subarray(0, 8)];
  const forms = [
    accessKey.slice(0, 20),
    accessKey.slice(-22, -2),
    key.toString("base64url").slice(20, 44),
    encodeURIComponent(accessKey).slice(0, 24),
    hex,
    hex.toUpperCase(),
    key.toString("latin1").slice(0, 12),
    bytes.join(","),
    bytes.join(", "),
  ];
  const parts = Object.entries(tokens).flatMap(([name, token]) =>
    token.split(".").map((part) => [part.slice(0, 12), `${name} token`] as const),
  );
  return new Map([...forms.map((form) => [form, "access key"] as const), ...parts]);
}
