import type { AccessKey, AccessKeys } from "../state/accessKey.js";
import { seededBytes } from "../state/seeded.js";
import type { Draft } from "../state/store.js";
import { check } from "../validation/check.js";
import type { AccessKeyType } from "../wire/admission.js";
import { base64 } from "../wire/bytes.js";
import type { Fake } from "./fake.js";

/** Returns the keys that are valid now, and those that they replaced. */
export function accessKeys({ settings, state }: Pick<Fake, "settings" | "state">): AccessKeys {
  const known = [...settings.firstKeys, ...state.newKeys];
  const latest = Object.fromEntries(known.map(({ keyType, key }) => [keyType, key]));
  const current = latest as Readonly<Record<AccessKeyType, AccessKey>>;
  return { current, former: known.filter(({ keyType, key }) => current[keyType] !== key) };
}

/** Replaces an access key, and revokes the tokens that were issued with it. With a seed, the new key is reproducible. */
export function regenerateKey(fake: Fake, draft: Draft, keyType: AccessKeyType): void {
  const { settings, clock } = fake;
  check(keyType === "primary" || keyType === "secondary", "keyType must be primary or secondary");
  const seed = `${settings.seed}/${accessKeys(fake).current[keyType].text}`;
  const bytes = settings.seeded
    ? [1, 2, 3, 4].flatMap((part) => [...seededBytes(seed, part)])
    : crypto.getRandomValues(new Uint8Array(64));
  const key = base64(Uint8Array.from(bytes));
  draft.add({ type: "accessKeyRegenerated", keyType, key, upTo: draft.nextToken - 1, at: clock.time });
}
