import type { TokenScope } from "acs-identity";
import type { JWTPayload } from "jose";
import { z } from "zod";

const knownScopes = ["chat", "chat.join", "chat.join.limited", "voip", "voip.join"] as const;

/** Applies to callers whose token has `value` in this claim; without a claim, to every caller. */
const scopeRule = z
  .strictObject({
    claim: z.string().min(1).optional(),
    value: z.string().min(1).optional(),
    scopes: z.array(z.enum(knownScopes, `must be an array of ${knownScopes.join(", ")}`)).default([]),
    /** Whether Teams users may exchange their Entra token. */
    teams: z.boolean().optional(),
  })
  .refine(({ claim, value }) => (claim === undefined) === (value === undefined), {
    error: "claim and value must both be given, or both be absent",
  })
  .refine(({ scopes, teams }) => scopes.length > 0 || teams === true, { error: "gives nothing" });

const notEmpty = "must be an array with at least one rule";

/** Reads the policy from JSON. */
export const scopePolicy = z
  .string()
  .transform((json, context): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      context.addIssue("isn't JSON");
      return z.NEVER;
    }
  })
  .pipe(z.array(scopeRule, notEmpty).min(1, notEmpty));

/** Which callers may have which scopes. A caller gets the scopes of all rules that apply. */
export type ScopePolicy = z.output<typeof scopePolicy>;

export function applyPolicy(
  claims: JWTPayload,
  policy: ScopePolicy,
): { readonly scopes: TokenScope[]; readonly teams: boolean } {
  const rules = policy.filter(({ claim, value }) => claim === undefined || hasValue(claims[claim], value));
  return {
    scopes: [...new Set(rules.flatMap(({ scopes }) => scopes))],
    teams: rules.some(({ teams }) => teams === true),
  };
}

/** Entra's `scp` is one string with spaces between the values; `roles` and `groups` are arrays. */
function hasValue(claim: unknown, value: string | undefined): boolean {
  const values = typeof claim === "string" ? claim.split(" ") : claim;
  return Array.isArray(values) && values.includes(value);
}
