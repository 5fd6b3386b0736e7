import type { EmulatorInfo } from "../../admin/models.js";

/** The origin of the page, since this computer evidently reaches the emulator there. */
export const endpoint: string = `${location.origin}/`;

/** Returns the connection string with this endpoint, and with only the start of the key unless `showsKey` is set. */
export function connectionString(info: EmulatorInfo | undefined, showsKey: boolean): string {
  if (!info) return "–";
  const [, key = ""] = info.connectionString.split(";accesskey=");
  return `endpoint=${endpoint};accesskey=${showsKey ? key : `${key.slice(0, 4)}…`}`;
}
