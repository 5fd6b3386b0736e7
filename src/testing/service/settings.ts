import { teamsExtensionPrincipalTypeVersions } from "../../generated/enumVersions.js";
import type { EntraOptions } from "../directory/directory.js";
import { AccessKey, type TypedKey, wellKnownAccessKeys } from "../state/accessKey.js";
import { checkedTime } from "../state/clock.js";
import { checkedUser, type SeededUser } from "../state/entries/user.js";
import { check, checkOption, checkOptions } from "../validation/check.js";
import {
  anything,
  arrayOf,
  boolean,
  type Complete,
  type Constraints,
  finiteNumber,
  guid,
  guids,
  nonEmptyText,
  numberFrom0,
  oneOf,
  optional,
  resolved,
  text,
  withoutUndefined,
} from "../validation/constraints.js";

/** How closely the fake follows the real service. */
export type Strictness = "strict" | "standard" | "loose";

/** A Teams extension assignment that exists from the start. */
export interface SeededTeamsExtensionAssignment {
  /** The tenant, a GUID in lower case. */
  readonly tenantId: string;
  /** The user or resource account, a GUID in lower case. */
  readonly objectId: string;
  /** `user`, `resourceAccount` or `teamsResourceAccount`. */
  readonly principalType: string;
  /** The client ids of the applications that may exchange a token, in lower case. @defaultValue any application */
  readonly clientIds?: readonly string[] | undefined;
}

/** Options of `createFakeIdentityService`. */
export interface FakeIdentityServiceOptions {
  /** The URL of the service. @defaultValue `https://fake-resource.communication.azure.test/`, a name that never resolves */
  readonly endpoint?: string | undefined;
  /** Base64. @defaultValue a well-known key that isn't secret */
  readonly accessKey?: string | undefined;
  /** Base64. The service accepts both keys. @defaultValue another well-known key that isn't secret */
  readonly secondaryAccessKey?: string | undefined;
  /**
   * The audience of the Entra ID tokens that the service accepts, without `/.default`, as the client's option of this name.
   * No source of Microsoft's confirms the audience of a sovereign cloud.
   *
   * @defaultValue `https://communication.azure.com`
   */
  readonly audience?: string | undefined;
  /** The GUID in every user id. @defaultValue a fixed one */
  readonly resourceId?: string | undefined;
  /**
   * The same seed gives the same user ids and, if `now` is set, the same tokens, except exchanged ones.
   *
   * @defaultValue unpredictable ids
   */
  readonly seed?: string | number | undefined;
  /** Freezes the service's time at this one, from 1970 to 2100; `clock` moves it. @defaultValue the machine's time */
  readonly now?: Date | string | number | undefined;
  /**
   * `strict` rejects the official clients' quirks in signatures and paths. `standard` accepts the known ones.
   * `loose` also accepts any API version, bearer token and content type.
   *
   * @defaultValue `standard`
   */
  readonly strictness?: Strictness | undefined;
  /** How far a signature's date may be off in either direction, in minutes. @defaultValue 15 */
  readonly dateToleranceInMinutes?: number | undefined;
  /**
   * How long tokens stay valid after a revocation, a deletion or a new key, in seconds of the service's clock, from 0 to 86400.
   * The service's documentation says that it can take up to 15 minutes, which are 900.
   *
   * @defaultValue 0
   */
  readonly revocationDelayInSeconds?: number | undefined;
  /** Users that exist from the start and after `reset`. No two may have the same `id` or `customId`. */
  readonly users?: readonly SeededUser[] | undefined;
  /** Teams extension assignments that exist from the start and after `reset`. */
  readonly teamsExtensionAssignments?: readonly SeededTeamsExtensionAssignment[] | undefined;
  /**
   * Responds with 429 above the documented limits, which count requests in 30 seconds. A number multiplies the
   * limits: 0.01 allows 10 new users instead of 1000.
   *
   * @defaultValue no limit
   */
  readonly throttle?: boolean | number | undefined;
  /** How many requests `requests` keeps. @defaultValue 1000 */
  readonly requestLogSize?: number | undefined;
  /**
   * What the Entra directory and the resource's Entra assignments have from the start and after `reset`, besides the
   * well-known application, two well-known users and their assignment.
   */
  readonly entra?: EntraOptions | undefined;
  /**
   * Also gives Entra users the chat scopes that their tokens have permission for. The service's preview doesn't have
   * that.
   *
   * @defaultValue false
   */
  readonly chatForEntraUsers?: boolean | undefined;
  /**
   * Encrypts the tokens that it issues, as the service is going to, so that no client can decode them: JWEs in compact
   * form (RFC 7516). Their key is published, so this keeps nothing secret. `inspectToken` accepts tokens of both
   * forms.
   *
   * @defaultValue false
   */
  readonly encryptedTokens?: boolean | undefined;
}

/** The specification has two values; Microsoft's guides call one of them `teamsResourceAccount`. */
export const teamsExtensionPrincipalTypes: readonly string[] = [
  ...Object.keys(teamsExtensionPrincipalTypeVersions),
  "teamsResourceAccount",
].sort();

export const teamsAssignmentConstraints: Constraints<SeededTeamsExtensionAssignment> = {
  tenantId: guid,
  objectId: guid,
  principalType: oneOf(teamsExtensionPrincipalTypes),
  clientIds: optional(guids),
};

/** For an option that the function which reads it checks, and says what is wrong. */
const read = anything("as its reader says");

const constraints: Constraints<FakeIdentityServiceOptions> = {
  endpoint: read,
  accessKey: optional(text),
  secondaryAccessKey: optional(text),
  audience: optional({
    words: "a non-empty string without /.default",
    is: (value) => nonEmptyText.is(value) && !/\/\.default$/i.test(String(value)),
  }),
  resourceId: optional(guid),
  seed: optional({
    words: "a string or a number",
    is: (value) => text.is(value) || finiteNumber.is(value),
  }),
  now: read,
  strictness: optional(oneOf(["strict", "standard", "loose"])),
  dateToleranceInMinutes: optional(numberFrom0()),
  revocationDelayInSeconds: optional(numberFrom0(86_400)),
  users: optional(arrayOf("an array", () => true)),
  teamsExtensionAssignments: optional(arrayOf("an array", () => true)),
  throttle: optional({
    words: "true, false, or a number from 0",
    is: (value) => boolean.is(value) || numberFrom0().is(value),
  }),
  requestLogSize: optional(numberFrom0()),
  entra: read,
  chatForEntraUsers: optional(boolean),
  encryptedTokens: optional(boolean),
};

export const serviceOptionNames: readonly string[] = Object.keys(constraints);

type WithDefaults = Complete<Omit<FakeIdentityServiceOptions, "seed" | "now">>;

const defaults: WithDefaults = {
  // Names under .test never resolve, so no request reaches the network by mistake.
  endpoint: "https://fake-resource.communication.azure.test/",
  accessKey: wellKnownAccessKeys.primary,
  secondaryAccessKey: wellKnownAccessKeys.secondary,
  audience: "https://communication.azure.com",
  resourceId: "00ac5000-1de4-4717-8000-0000000000f5",
  strictness: "standard",
  dateToleranceInMinutes: 15,
  revocationDelayInSeconds: 0,
  users: [],
  teamsExtensionAssignments: [],
  throttle: false,
  requestLogSize: 1000,
  entra: {},
  chatForEntraUsers: false,
  encryptedTokens: false,
};

/** The options, validated and with their defaults. The access keys are in `firstKeys` alone, which don't print them. */
export interface Settings
  extends Omit<
    WithDefaults,
    "accessKey" | "secondaryAccessKey" | "dateToleranceInMinutes" | "revocationDelayInSeconds" | "throttle"
  > {
  /** Ends with a slash. */
  readonly endpoint: string;
  /** The keys before any of them was regenerated. */
  readonly firstKeys: readonly TypedKey[];
  /** In lower case, without a slash at the end. */
  readonly audience: string;
  readonly seed: string;
  /** Whether the caller chose the seed. */
  readonly seeded: boolean;
  readonly dateToleranceInMs: number;
  readonly revocationDelayInMs: number;
  /** Milliseconds since 1970. */
  readonly frozenAt: number | undefined;
  /** 0 for no limit. */
  readonly throttle: number;
}

/** @throws TypeError that names the option that isn't valid and never contains the access key. */
export function resolveSettings(options: FakeIdentityServiceOptions): Settings {
  checkOptions(options, serviceOptionNames);
  const { seed, now, ...given } = withoutUndefined(options);
  const frozenAt = now === undefined ? undefined : checkedTime(now, "now");
  for (const [name, { words, is }] of Object.entries(constraints)) {
    checkOption(is(options[name as keyof FakeIdentityServiceOptions]), name, `must be ${words}`);
  }
  const {
    accessKey,
    secondaryAccessKey,
    dateToleranceInMinutes,
    revocationDelayInSeconds,
    ...settings
  }: WithDefaults = { ...defaults, ...(given as Partial<WithDefaults>) };
  checkSeededUsers(settings.users, settings.resourceId);
  const primary = AccessKey.fromBase64(accessKey);
  const secondary = AccessKey.fromBase64(secondaryAccessKey, "secondaryAccessKey");
  const givenKey = options.secondaryAccessKey === undefined ? "accessKey" : "secondaryAccessKey";
  checkOption(!primary.equals(secondary), givenKey, "must differ from the other access key");
  return {
    ...settings,
    endpoint: endpointUrl(settings.endpoint),
    firstKeys: [
      { keyType: "primary", key: primary },
      { keyType: "secondary", key: secondary },
    ],
    audience: settings.audience.replace(/\/$/, "").toLowerCase(),
    seed: seed === undefined ? crypto.randomUUID() : String(seed),
    seeded: seed !== undefined,
    dateToleranceInMs: dateToleranceInMinutes * 60_000,
    revocationDelayInMs: revocationDelayInSeconds * 1000,
    frozenAt,
    throttle: Number(settings.throttle),
    requestLogSize: Math.floor(settings.requestLogSize),
    teamsExtensionAssignments: settings.teamsExtensionAssignments.map((assignment) =>
      resolved("A Teams extension assignment", teamsAssignmentConstraints, assignment, {}),
    ),
  };
}

function checkSeededUsers(users: readonly SeededUser[], resourceId: string): void {
  for (const user of users) checkedUser(user, resourceId);
  for (const name of ["id", "customId"] as const) {
    const given = users.flatMap((user) => user[name] ?? []);
    check(new Set(given).size === given.length, `Two of the users have the same ${name}`);
  }
}

function endpointUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url?.protocol.startsWith("http") || url.pathname !== "/" || url.search || url.hash) {
    throw new TypeError("endpoint must be an http or https URL without a path");
  }
  return `${url.origin}/`;
}
