// Compares each number with a unit that a page has with the constant that decides it, so that neither changes alone. The
// behaviour of each constant is tested beside its code.
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/cli/commandError.js";
import { commands } from "../../src/cli/commands.js";
import { defaultPort, flags, variableOf } from "../../src/cli/emulator/flags.js";
import { type OperationName, routes } from "../../src/generated/routes.js";
import { documents, sourceText, textOf } from "../helpers/documents.js";
import { brokenPromises, inSource, type PromisedNumber, unheldNumbers } from "./numbers.js";

/** How often the service lets a resource call an operation. */
function limitOf(operation: OperationName): { readonly requests: number; readonly seconds: number } {
  const route = routes.find((each) => each.operation === operation);
  return route?.rateLimit ?? { requests: Number.NaN, seconds: Number.NaN };
}

const promises: readonly PromisedNumber[] = [
  // The client
  {
    value: inSource("src/pipeline/attemptPolicy.ts", /defaultLimitInMs = (.+);/),
    says: {
      "MIGRATING.md": ["| {s} s per attempt"],
      "README.md": ["longer than {s} s or"],
      "SECURITY.md": ["or {s} s for each attempt"],
      "TROUBLESHOOTING.md": ["longer than {s} s or"],
      "docs/client.md": ["ends after {s} s, including its body", "for each attempt ({ms})"],
    },
  },
  {
    value: inSource("src/pipeline/identityRetryPolicy.ts", /status === (\d+)/),
    says: {
      "MIGRATING.md": ["on {} and 5xx except"],
      "docs/client.md": ["`*.localhost`), {}, 5xx except"],
    },
  },
  {
    value: inSource("src/pipeline/identityRetryPolicy.ts", /status !== (\d+) && status !== \d+\)/),
    says: { "MIGRATING.md": ["5xx except {} and"], "docs/client.md": ["5xx except {} and"] },
  },
  {
    value: inSource("src/pipeline/identityRetryPolicy.ts", /status !== \d+ && status !== (\d+)\)/),
    says: { "MIGRATING.md": ["5xx except 501 and {};"], "docs/client.md": ["5xx except 501 and {},"] },
  },
  {
    value: inSource("src/shared/retryAfter.ts", /\\d\{1,(\d+)\}/),
    says: { "docs/client.md": ["at most {} digits"] },
  },
  {
    value: inSource("src/pipeline/identityRetryPolicy.ts", /maxRetryDelayInMs \?\? ([\d_]+)/),
    says: {
      "MIGRATING.md": ["`maxRetryDelayInMs` ({s} s)"],
      "TROUBLESHOOTING.md": ["`Retry-After` of at most {s} s"],
      "docs/client.md": ["s to {s} s)", "`maxRetryDelayInMs` ({s} s)"],
    },
  },
  {
    value: inSource("src/pipeline/identityRetryPolicy.ts", /\bmaxRetries = (\d+)/),
    says: { "docs/client.md": ["({} retries,", "up to {} times, with"] },
  },
  {
    value: inSource("src/pipeline/identityRetryPolicy.ts", /\bretryDelayInMs = (\d+)/),
    says: { "docs/client.md": ["retries, {s} s to", "after {s}, 2 and 4 s"] },
  },
  {
    value: inSource("src/pipeline/transportPolicy.ts", /maxBodyInBytes = (.+);/),
    says: {
      "MIGRATING.md": ["| {MiB} MiB at most, and uncompressed"],
      "SECURITY.md": ["read more than {MiB} MiB"],
    },
  },
  {
    value: inSource("src/pipeline/accessKeyPolicy.ts", /toleratedInMs = (.+);/),
    says: { "docs/client.md": ["more than {min} minute away"] },
  },
  {
    value: inSource("src/pipeline/bearerTokenPolicy.ts", /longestPauseInMs = (.+);/),
    says: { "MIGRATING.md": ["at most once {min} minute"] },
  },
  {
    value: inSource("src/pipeline/proxyPolicy.node.ts", /agent\.options\.timeout = (.+);/),
    says: { "docs/client.md": ["after {s} idle seconds"] },
  },
  {
    value: inSource("src/undici/dispatchers.ts", /timeout = ([\d_]+)/),
    says: { "SECURITY.md": ["opened ends after {s} s"] },
  },
  {
    value: inSource("src/connectionString.ts", /maxLength = (.+);/),
    says: { "SECURITY.md": ["A connection string of more than {} characters"] },
  },
  {
    value: inSource("src/client/methodArguments.ts", /maxIdLength = (.+);/),
    says: {
      "MIGRATING.md": ["one of more than {} characters"],
      "SECURITY.md": ["An id of more than {} characters"],
    },
  },
  {
    value: inSource("package.json", /"node": ">=(\d+)/),
    says: { "docs/client.md": ["1.0 supports {} and later"] },
  },
  {
    value: inSource("package.json", /"undici": ">=(\d+)/),
    says: { "docs/client.md": ["{} or later (`npm install undici`)"] },
  },
  {
    value: inSource("package.json", /"@azure\/core-rest-pipeline": "\^1\.(\d+)/),
    says: {
      "MIGRATING.md": ["core-rest-pipeline 1.{} on"],
      "README.md": ["core-rest-pipeline 1.{} (the lowest)"],
    },
  },
  // The refresher
  {
    value: 400 + inSource("src/refresher/failure.ts", /\(\?!(\d\d)/),
    says: { "docs/refresher.md": ["4xx (but {}, 425"] },
  },
  {
    value: 400 + inSource("src/refresher/failure.ts", /\|(\d\d)\|/),
    says: { "docs/refresher.md": ["but 408, {} and"] },
  },
  {
    value: 400 + inSource("src/refresher/failure.ts", /\|(\d\d)\)/),
    says: { "docs/refresher.md": ["but 408, 425 and {})"] },
  },
  {
    value: inSource("src/refresher/tokenRefresher.ts", /^const second = (.+);/m),
    says: { "docs/refresher.md": ["from {s} second to"] },
  },
  {
    // A minute, and half of it at random.
    value: 1.5 * inSource("src/refresher/tokenRefresher.ts", /^const minute = (.+);/m),
    says: { "docs/refresher.md": ["to {min} minutes, and not"] },
  },
  {
    value: inSource("src/refresher/tokenRefresher.ts", /dueAt = startedAt \+ (30 \* second)/),
    says: { "docs/refresher.md": ["attempts of {s} seconds", "aborts after {s} seconds"] },
  },
  {
    value: inSource("src/refresher/tokenRefresher.ts", /Math\.min\((\d+ \* minute), lifetime/),
    says: { "docs/refresher.md": ["fetched {min} to 24 minutes"] },
  },
  {
    value: 2 * inSource("src/refresher/tokenRefresher.ts", /Math\.min\((\d+ \* minute), lifetime/),
    says: { "docs/refresher.md": ["to {min} minutes before"] },
  },
  {
    // Below that, a quarter of the lifetime is shorter.
    value: 4 * inSource("src/refresher/tokenRefresher.ts", /Math\.min\((\d+ \* minute), lifetime/),
    says: { "docs/refresher.md": ["lifetime below {min} minutes"] },
  },
  {
    value: inSource("src/refresher/failure.ts", /retryAfterInMs as number, ([\d_]+)\)/),
    says: { "docs/refresher.md": ["up to {h} hour is respected"] },
  },
  {
    value: inSource("src/refresher/tokenRefresher.ts", /nextRetry = startedAt \+ (.+);/),
    says: { "docs/refresher.md": ["at most once in {s} seconds"] },
  },
  {
    value: inSource("src/refresher/tokenRefresher.ts", /clock\.now\(\) > (\d+ \* second)\)/),
    says: { "docs/refresher.md": ["more than {s} seconds"] },
  },
  // The fake and the emulator
  { value: defaultPort, says: { "docs/emulator.md": ["`--port NUMBER`: {} by default"] } },
  {
    value: inSource("src/emulator/admin/adminRow.ts", /query\.get\(name\) \?\? (\d+)/),
    says: { "docs/emulator.md": ["and {} by default"] },
  },
  {
    value: inSource("src/emulator/admin/adminRow.ts", /limit: Kind = optional\(integer\(1, (\d+)\)/),
    says: { "docs/emulator.md": ["`limit` is 1 to {}"] },
  },
  {
    value: inSource("src/emulator/admin/snapshotReader.ts", /longestPartInBytes = (.+);/),
    says: { "SECURITY.md": ["events of {MiB} MiB"] },
  },
  {
    value: inSource("src/testing/entra/deviceSignIn.ts", /mostSignIns = (.+);/),
    says: { "docs/differences.md": ["the latest {} are kept"] },
  },
  {
    value: inSource("src/cli/emulator/program.ts", /graceInMs = (.+);/),
    says: { "docs/ci.md": ["get {s} seconds"] },
  },
  {
    value: inSource("src/emulator/server.ts", /pieceLimitInMs = (.+);/),
    says: { "SECURITY.md": ["nothing of a response for {s} seconds"] },
  },
  { value: exitCodes.failed, says: { "docs/command.md": ["- {}: refused or failed"] } },
  { value: exitCodes.usage, says: { "docs/command.md": ["- {}: invalid usage"] } },
  { value: exitCodes.port, says: { "docs/command.md": ["- {}, 4: the emulator's port"] } },
  {
    value: exitCodes.data,
    says: {
      "docs/command.md": ["- 3, {}: the emulator's port isn't available; its data file"],
      "docs/emulator.md": ["second emulator ends with exit code {}"],
    },
  },
  { value: exitCodes.notStarted, says: { "docs/command.md": ["that of the command; {} if there is none"] } },
  {
    value: inSource("src/cli/emulator/program.ts", /\?\? (\d+) \+/),
    says: { "docs/command.md": ["{} plus the signal's number"] },
  },
  {
    value: inSource("src/testing/settings.ts", /dateToleranceInMinutes = (\d+)/) * 60_000,
    says: {
      "docs/differences.md": ["off by more than {min} minutes"],
      "docs/emulator.md": ["may be off; {min} by default"],
    },
  },
  {
    value: inSource("src/testing/settings.ts", /revocationDelayInSeconds = (\d+)/),
    says: { "docs/emulator.md": ["stay valid; {} by default"] },
  },
  {
    value: inSource("src/testing/settings.ts", /requestLogSize = (\d+)/),
    says: { "docs/testing.md": ["`requestLogSize` | {} |"] },
  },
  {
    value: inSource("src/testing/settings.ts", /numberFrom0\(([\d_]+)\)/),
    says: { "docs/testing.md": ["stay valid, at most {};"] },
  },
  {
    value: inSource("src/testing/operations/issueToken.ts", /minutes < (\d+)/),
    says: { "README.md": ["user for {} to 1440 minutes"] },
  },
  {
    value: inSource("src/testing/operations/issueToken.ts", /minutesPerDay = (\d+)/),
    says: { "README.md": ["user for 60 to {} minutes"] },
  },
  {
    value: inSource("src/testing/operations/issueToken.ts", /scp: (\d+)/),
    says: { "docs/differences.md": ["`scp` is {} whatever"] },
  },
  {
    value: inSource("src/testing/serviceTable.ts", /\{0,(\d+)\}\$\/\.test\(requestId\)/),
    says: { "docs/differences.md": ["`x-ms-client-request-id` of more than {} characters"] },
  },
  {
    value: limitOf("createUser").requests,
    says: { "TROUBLESHOOTING.md": ["More than {} creations"], "docs/client.md": ["allows {} creations"] },
  },
  {
    value: limitOf("getToken").requests,
    says: { "TROUBLESHOOTING.md": ["creations, {} tokens"], "docs/client.md": ["creations and {} tokens"] },
  },
  {
    value: limitOf("deleteUser").requests,
    says: { "TROUBLESHOOTING.md": ["tokens, {} deletions"] },
  },
  {
    value: limitOf("getToken").seconds * 1000,
    says: {
      "TROUBLESHOOTING.md": ["exchanges in {s} seconds"],
      "docs/client.md": ["tokens in {s} seconds"],
      "docs/differences.md": ["windows of {s} s"],
    },
  },
  {
    value: inSource("src/emulator/connectionTurns.ts", /mostOpen = (.+);/),
    says: { "SECURITY.md": ["a {} requests waiting"] },
  },
  {
    value: inSource("src/emulator/admin/users.ts", /refused\((\d+), "The user already exists"/),
    says: { "docs/emulator.md": ["{} if it exists"] },
  },
  {
    value: inSource("src/emulator/admin/admin.ts", /refusal\((\d+), "NotSaved"/),
    says: { "docs/emulator.md": ["the response is a {}, and"] },
  },
  {
    value: inSource("src/emulator/admin/snapshotReader.ts", /refused\((\d+), partTooLong/),
    says: { "docs/emulator.md": ["half of Node's heap is a {}"] },
  },
  // The token route, and what the package is tested with
  {
    value: inSource("samples/tokenRoute.ts", /respond\((\d+), .*Retry-After/),
    says: { "docs/tokenEndpoint.md": ["outages of ACS are a {} with"] },
  },
  {
    value: inSource("samples/tokenRoute.ts", /respond\((\d+), \{ detail: "The server can't/),
    says: { "docs/tokenEndpoint.md": ["no string, is a {}, and"] },
  },
  {
    value: inSource("test/load/types.test.ts", /"(\d\.\d) finds those of/),
    says: { "README.md": ["TypeScript: {} to"] },
  },
  {
    value: inSource("test/load/types.test.ts", /newest = "(.+)"/),
    says: { "README.md": ["TypeScript: 4.5 to {}, up"] },
  },
  {
    value: inSource("tools/image/Dockerfile", /NODE_IMAGE=node:(\d+)-/),
    says: { "docs/emulator.md": ["Debian with Node {}, runs"] },
  },
  {
    value: inSource("tools/image/Dockerfile", /chown (\d+):/),
    says: { "TROUBLESHOOTING.md": ["`chown {}:1000`"], "docs/emulator.md": ["runs as user {},"] },
  },
  {
    value: inSource("src/testing/serviceCore.ts", /length >= (\d+)/),
    says: { "SECURITY.md": ["client secrets of {} characters"] },
  },
  {
    value: inSource("src/testing/wire/call.ts", /bodyLimitInBytes: number = (.+);/),
    says: {
      "SECURITY.md": ["at most {KiB} KiB"],
      "docs/differences.md": ["body of more than {KiB} KiB"],
    },
  },
  {
    value: inSource("src/emulator/admin/snapshot.ts", /snapshotLimitInBytes: number = (.+);/),
    says: { "SECURITY.md": ["a snapshot {MiB} MiB"], "docs/emulator.md": ["at most {MiB} MiB"] },
  },
  {
    value: inSource("src/testing/entra/deviceSignIn.ts", /lifetimeInSeconds = (.+);/) * 1000,
    says: { "docs/differences.md": ["live for {min} minutes or until"] },
  },
  {
    value: inSource("src/testing/entra/tokenResponse.ts", /tokenLifetimeInSeconds = (.+);/) * 1000,
    says: { "docs/differences.md": ["both live for {h} hour", "live for {h} hour and for 90"] },
  },
  {
    value:
      inSource("src/testing/tokens/entraTokens.ts", /options \?\? \{\},\s*\{ expiresInMinutes: (\d+)/) *
      60_000,
    says: { "docs/differences.md": ["createTeamsUserToken` for {min} minutes"] },
  },
  {
    value: inSource("src/testing/entra/tokenResponse.ts", /refreshTokenLifetimeInSeconds = (.+);/) * 1000,
    says: { "docs/differences.md": ["and for {d} days"] },
  },
  {
    value: inSource("src/emulator/certificate.ts", /now \+ (365 \* dayInMs)/),
    says: { "docs/emulator.md": ["uses it for {y} year"] },
  },
  // The token service
  {
    value: inSource("service/src/migrate.ts", /wait = "(\d+)"/) * 1000,
    says: { "service/README.md": ["waits {min} minute, or"] },
  },
  {
    value: inSource("service/src/store/schema.ts", /longestLockInMs = (.+);/),
    says: { "service/README.md": ["the others for {s} second at"] },
  },
  {
    value: inSource("service/src/store/schema.ts", /statement_timeout: "(\d+)s"/) * 1000,
    says: { "service/README.md": ["last {s} seconds longer"] },
  },
  {
    value: inSource("service/src/store/ledger.ts", /firstPause = (.+);/) * 1000,
    says: { "service/operations/runbook.md": ["multiply users: {s} seconds"] },
  },
  {
    value: inSource("service/src/store/ledger.ts", /longestPause = (.+);/) * 1000,
    says: { "service/operations/runbook.md": ["up to {min} minutes. `Retry-After`"] },
  },
  {
    value: inSource("service/src/store/ledger.ts", /callerKeptInSeconds = (.+);/) * 1000,
    says: { "service/operations/runbook.md": ["but for {h} hour at most"] },
  },
  {
    value: inSource("service/src/acsUsers.ts", /creationLimitInSeconds = (.+);/) * 1000,
    says: { "service/operations/runbook.md": ["arrives within {s} seconds"] },
  },
  {
    value: inSource("service/src/watchDependencies.ts", /intervalInMs = (.+);/),
    says: { "service/README.md": ["read again once {min} minute", "refreshes the keys once {min} minute"] },
  },
  {
    // The one that has just begun, and the next one.
    value: 2 * inSource("service/src/watchDependencies.ts", /intervalInMs = (.+);/),
    says: { "service/operations/runbook.md": ["wait {min} minutes, then"] },
  },
  {
    value: inSource("service/src/authenticate.ts", /longestFetch = (.+);/),
    says: { "service/README.md": ["at most every {s} seconds"] },
  },
  {
    value: inSource("service/src/log.ts", /longestBacklog = (.+);/),
    says: { "service/README.md": ["keeps {MB} MB"] },
  },
  {
    value: inSource("service/src/limits.ts", /"getToken".+calls: (\d+)/),
    says: { "service/README.md": ["at most {} tokens in any"] },
  },
  {
    value:
      inSource("service/src/limits.ts", /"getToken".+calls: (\d+)/) /
      inSource("service/src/limits.ts", /calls \/ (\d\d)\)/),
    says: { "service/README.md": ["instances together, {} of them"] },
  },
  {
    value: inSource("service/src/limits.ts", /"revokeTokens".+calls: (\d+)/),
    says: { "service/operations/runbook.md": ["limit permits: {} in"] },
  },
  {
    value: limitOf("revokeTokens").seconds * 1000,
    says: {
      "service/README.md": ["tokens in any {s} s for"],
      "service/operations/runbook.md": ["permits: 500 in {s} seconds"],
    },
  },
  {
    value: inSource("service/src/failures.ts", /=== 503 \? (\d)/),
    says: { "service/README.md": ["as they were, and exits with {}.", "with {} if it helps to repeat"] },
  },
  {
    value: inSource("service/src/failures.ts", /=== 503 \? \d : (\d)/),
    says: { "service/README.md": ["process with exit code {} and", "They exit with {} if somebody"] },
  },
  {
    value: inSource("service/src/offboard.ts", /failed > 0\) return (\d)/),
    says: { "service/operations/runbook.md": ["Exit code {}: repeat it", "exit code isn't {}."] },
  },
  {
    value: inSource("service/src/offboard.ts", /left > 0\) return (\d)/),
    says: { "service/operations/runbook.md": ["where it was; exit code {}: repeat"] },
  },
  {
    value: inSource("service/src/offboard.ts", /check --subject.*\n +return (\d)/),
    says: {
      "service/README.md": ["Exits with {} if the ledger has no", "Exits with {} if the ledger has a"],
      "service/operations/runbook.md": ["Exit code {}: the ledger"],
    },
  },
];

/** Numbers of something else, each with its reason. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "MIGRATING.md": [
    "this takes five minutes", // an estimate
    "valid for 24 hours", // the service's default, which a recording of test/unit/recorded shows
  ],
  "README.md": [
    "can take 15 minutes", // Microsoft's page on tokens
    "It has 2 KB", // test/package/size.test.ts
  ],
  "TROUBLESHOOTING.md": [
    "It can take 15 minutes", // Microsoft's page on tokens
  ],
  "docs/client.md": [
    "refused within 15 minutes", // Microsoft's page on tokens
    "for at least a day", // test/unit/emulator/data, by the compaction's own clock
    "Wait a day", // the longest life of a token, 1440 minutes
    "six months before", // a promise of ours
  ],
  "docs/differences.md": ["the service may take 15 minutes"], // Microsoft's page on tokens
  "docs/emulator.md": ["assumes ten minutes"], // communication-common 2.5.0
  // Held by the properties of test/unit/refresher, which know no number of it.
  "docs/refresher.md": [
    "at most five attempts",
    "up to an hour",
    "a minute or more later",
    "the five attempts anew",
  ],
  "docs/testing.md": ["comes after 14 seconds"], // the Calling SDK's own
  "docs/tokenEndpoint.md": ["live for a day"], // the service's default, which a recording of test/unit/recorded shows
  "docs/verification.md": ["about a minute", "3 minutes"],
  "service/README.md": [
    "plus 20 seconds", // more than a request and the ends of reconciliation and database together
    "waits at most 15 seconds", // these two by test/check/tokenService.test.ts
    "408 within half a minute",
    "exits with 1 if a user", // of the chaos run
  ],
  "service/operations/runbook.md": [
    "for about an hour", // Entra's access tokens
    "It can take 15 minutes", // Microsoft's page on tokens
    "takes 135 MB of memory and 3.4 ms of CPU", // measured, and the next two
    "60 calls a second, it takes 180 MB in the long run",
    "260 MB at most",
    "33 tokens a second", // the service's limit, 1000 in 30 s
    "interval '1 day'", // an example
  ],
};

/** Measured by `npm run bench`, which writes them, or about the work on this repository. */
const measured = ["docs/comparison.md", "CONTRIBUTING.md", "CHANGELOG.md"];

describe.each(documents.filter((path) => !measured.includes(path) && !path.startsWith("samples/")))(
  "%s",
  (path) => {
    const page = textOf(path);

    it("promises the numbers of the product", () => {
      expect(brokenPromises(path, page, promises)).toEqual([]);
    });

    it("has no number that nothing holds", () => {
      expect(unheldNumbers(path, page, promises, exceptions[path] ?? [])).toEqual([]);
    });
  },
);

/** Names of other products that the pages have besides our own. */
const foreign: Readonly<Record<"variables" | "headers" | "flags", readonly string[]>> = {
  variables: [
    "ACS_STRING COMMUNICATION_ACCESS_KEY YOUR_KEY", // of the reader
    "AUTH_MICROSOFT_ENTRA_ID_ID AUTH_MICROSOFT_ENTRA_ID_ISSUER AUTH_MICROSOFT_ENTRA_ID_SECRET AUTH_SECRET", // Auth.js
    "CERTIFICATE_VERIFY_FAILED REQUESTS_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE", // Python and .NET
    "DEPTH_ZERO_SELF_SIGNED_CERT WRONG_VERSION_NUMBER", // OpenSSL
    "ERR_PACKAGE_PATH_NOT_EXPORTED NODE_TLS_REJECT_UNAUTHORIZED", // Node
    "ON_ERROR_STOP POSTGRES_PASSWORD", // psql, and compose.yaml
  ],
  headers: ["Strict-Transport-Security"],
  flags: [
    "--add-host --publish --volume --cacert --export-path --no-password", // docker, curl, dotnet
    "--bundle --minify --outfile --env-file --no-install --project", // esbuild, Node, npx, Vitest
    "--api-permissions --assignee-object-id --assignee-principal-type --conditions --display-name", // az
    "--output --public-client-redirect-uris --query --resource --sign-in-audience --subject", // az
    "--host-resolver-rules --ignore-certificate-errors-spki-list --user-data-dir", // Chromium
  ],
};

const modules = await Promise.all(commands.map(({ load }) => load()));

describe("the pages", () => {
  const pages = documents.map(textOf).join("\n");
  // A variable of the token service is a setting in another case.
  const settings = textOf("service/src/settings.ts").replace(/[A-Z]/g, "_$&");
  const source = [sourceText(), sourceText("service/src"), settings, textOf("test/live/settings.ts")].join(
    "\n",
  );
  const namesOf = (pattern: RegExp) => [...new Set(pages.match(pattern))];
  const unknown = (kind: keyof typeof foreign, names: readonly string[]) =>
    names.filter(
      (name) =>
        !foreign[kind].some((each) => each.split(" ").includes(name)) &&
        !new RegExp(`(?<![\\w-])${name.replace(/^--/, "")}(?![\\w-])`, "i").test(source),
    );

  it.each(namesOf(/\b[45]\d\d `[A-Z][A-Za-z]+`/g))("say %s as the product does", (pair) => {
    const [status = "", code = ""] = pair.split(/[ `]+/);
    // Errors of versions have one status, which their function knows.
    const found = new RegExp(`\\b${status},\\s+"${code}"|versionError\\(\\s+"${code}"`).test(source);
    expect(found).toBe(true);
  });

  const own = [
    ...Object.keys(flags).flatMap((name) => [`--${name}`, variableOf(name)]),
    ...modules.flatMap((module) => Object.keys(module.flags).map((name) => `--${name}`)),
  ];

  it("name only variables that the product or another one knows", () => {
    const names = namesOf(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g).filter((name) => !own.includes(name));
    expect(unknown("variables", names)).toEqual([]);
  });

  it("name only headers that the product or another one knows", () => {
    const names = namesOf(/(?<=`)(?:[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+|x-[a-z]+(?:-[a-z]+)+)(?=[`:])/g);
    expect(unknown("headers", names)).toEqual([]);
  });

  it("name only flags that the product or another one knows", () => {
    const flag = /(?<![\w-])--[a-z][a-z-]*[a-z]\b/g;
    expect(unknown("flags", namesOf(flag))).toEqual([]);
    const ofCommand = textOf("docs/command.md").match(flag) ?? [];
    const known = [...own, "--help", "--json", "--version", "--", ...foreign.flags.join(" ").split(" ")];
    expect(ofCommand.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("show the emulator and the token service on their default ports", () => {
    const shown = namesOf(/(?<=127\.0\.0\.1:)\d+|(?<=[Pp]orts?\w*\()\d+|(?<=both use port )\d+/g);
    const ofService = inSource("service/src/settings.ts", /port: integer\(.+, (\d+)\)/);
    expect(shown).toEqual([String(defaultPort), String(ofService)]);
  });
});
