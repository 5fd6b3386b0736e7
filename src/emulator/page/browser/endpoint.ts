import { parseConnectionString } from "../../../index.js";
import type { EmulatorInfo } from "./adminApi.js";

/** The origin of the page: this computer demonstrably reaches the emulator by this name. */
export const endpoint: string = `${location.origin}/`;

/** The connection string with this name, and with a part of the key unless the whole key is asked for. */
export function connectionString(info: EmulatorInfo | undefined, showsKey: boolean): string {
  if (!info) return "–";
  const { key } = parseConnectionString(info.connectionString).credential;
  return `endpoint=${endpoint};accesskey=${showsKey ? key : `${key.slice(0, 4)}…`}`;
}
