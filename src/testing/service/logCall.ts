import type { Call } from "../wire/call.js";
import type { TableResponse } from "../wire/table.js";
import { accessKeys } from "./accessKeys.js";
import type { Fake, FakeContext } from "./fake.js";

/** Logs a call by the service's time. */
export function logCall({ fake }: FakeContext, call: Call, response?: TableResponse): void {
  fake.log.add(fake.clock.time, call, response, ownSecrets(fake));
}

/** Returns the service's keys and client secrets. Texts of fewer than 8 characters are left out, because they may be words. */
function ownSecrets(fake: Fake): string[] {
  const { current, former } = accessKeys(fake);
  const keys = [...Object.values(current), ...former.map(({ key }) => key)].map(({ text }) => text);
  const known = [...keys, ...fake.entra.directory.applications.flatMap(({ clientSecrets }) => clientSecrets)];
  return known.map((secret) => secret.replace(/={1,2}$/, "")).filter(({ length }) => length >= 8);
}
