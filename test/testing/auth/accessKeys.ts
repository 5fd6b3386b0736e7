import { AccessKey, type AccessKeys } from "../../../src/testing/auth/accessKey.js";

/** Returns the access keys of a service that has never regenerated one. */
export function accessKeysWith(primary: string): AccessKeys {
  const secondary = Buffer.from("a second key").toString("base64");
  const current = { primary: AccessKey.fromBase64(primary), secondary: AccessKey.fromBase64(secondary) };
  return { current, former: [] };
}
