import type { TokenScope } from "acs-identity";
import type { JWTPayload } from "jose";

/** Which callers may have which scopes. A caller gets the scopes of all rules that apply. */
export type ScopePolicy = readonly ScopeRule[];

export interface ScopeRule {
  /** Applies to callers whose token has `value` in this claim; without a claim, to every caller. */
  readonly claim?: string;
  readonly value?: string;
  readonly scopes: readonly TokenScope[];
  /** Whether Teams users may exchange their Entra token. */
  readonly teams?: boolean;
}

export interface Permissions {
  readonly scopes: TokenScope[];
  readonly teams: boolean;
}

const knownScopes: readonly TokenScope[] = ["chat", "chat.join", "chat.join.limited", "voip", "voip.join"];
const members: readonly string[] = ["claim", "value", "scopes", "teams"];

export function permissionsOf(claims: JWTPayload, policy: ScopePolicy): Permissions {
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

/** Reads the policy from JSON. Each problem completes a sentence that starts with `SCOPE_POLICY`. */
export function readScopePolicy(text: string): { policy: ScopePolicy; problems: string[] } {
  let rules: unknown;
  try {
    rules = JSON.parse(text);
  } catch {
    return { policy: [], problems: ["isn't JSON"] };
  }
  if (!Array.isArray(rules) || rules.length === 0) {
    return { policy: [], problems: ["must be an array with at least one rule"] };
  }
  const problems = rules.flatMap((rule, index) =>
    problemsOf(rule).map((problem) => `rule ${index + 1}: ${problem}`),
  );
  return { policy: problems.length > 0 ? [] : rules.map(toRule), problems };
}

function problemsOf(rule: unknown): string[] {
  if (typeof rule !== "object" || rule === null) return ["must be an object"];
  const { claim, value, scopes = [], teams = false } = rule as Partial<Record<keyof ScopeRule, unknown>>;
  const problems = Object.keys(rule)
    .filter((name) => !members.includes(name))
    .map((name) => `${name} is unknown; the members are ${members.join(", ")}`);
  const isText = (text: unknown) => typeof text === "string" && text !== "";
  const isForAll = claim === undefined && value === undefined;
  if (!isForAll && !(isText(claim) && isText(value)))
    problems.push("claim and value must both be non-empty strings, or both be absent");
  const areScopes = Array.isArray(scopes) && scopes.every((scope) => knownScopes.includes(scope));
  if (!areScopes) problems.push(`scopes must be an array of ${knownScopes.join(", ")}`);
  if (typeof teams !== "boolean") problems.push("teams must be true or false");
  if (areScopes && scopes.length === 0 && teams !== true) problems.push("gives nothing");
  return problems;
}

function toRule(rule: Partial<ScopeRule>): ScopeRule {
  return { scopes: [], ...rule };
}
