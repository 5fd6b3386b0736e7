// Compares each number with a unit that a page has with the constant that decides it, so that neither changes alone. The
// behaviour of each constant is tested beside its code.
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/cli/commandError.js";
import { defaultPort, flags, variableOf } from "../../src/cli/emulator/flags.js";
import { documents, sourceText, textOf } from "./documents.js";
import { brokenPromises, inSource, type PromisedNumber, unheldNumbers } from "./numbers.js";

const promises: readonly PromisedNumber[] = [
  // The client
  {
    value: inSource("src/pipeline/attemptPolicy.ts", /defaultLimitInMs = (.+);/),
    says: {
      "MIGRATING.md": ["| {s} s per attempt"],
      "README.md": ["longer than {s} s or"],
      "SECURITY.md": ["or {s} s for each attempt"],
      "TROUBLESHOOTING.md": ["longer than {s} s or"],
      "docs/client.md": ["ends after {s} s, including its body"],
    },
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
    value: inSource("src/pipeline/bearerTokenPolicy.ts", /firstPauseInMs = (.+);/),
    says: { "SECURITY.md": ["every {s} seconds at most"] },
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
    says: { "SECURITY.md": ["more than {} characters"] },
  },
  // The refresher
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
    says: { "docs/command.md": ["- 3, {}: the emulator's port isn't available; its data file"] },
  },
  { value: exitCodes.notStarted, says: { "docs/command.md": ["that of the command; {} if there is none"] } },
  {
    value: inSource("src/testing/settings.ts", /dateToleranceInMinutes = (\d+)/) * 60_000,
    says: { "docs/differences.md": ["off by more than {min} minutes"] },
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
];

/** Numbers of something else, each with its reason. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "MIGRATING.md": [
    "this takes five minutes", // an estimate
    "valid for 24 hours", // the service's default, which a recording of test/recorded shows
  ],
  "README.md": [
    "60 to 1440 minutes", // the service's limits, which recordings show
    "can take 15 minutes", // Microsoft's page on tokens
    "It has 2 KB", // test/package/size.test.ts
  ],
  "TROUBLESHOOTING.md": [
    "exchanges in 30 seconds", // Microsoft's page on limits
    "It can take 15 minutes", // Microsoft's page on tokens
  ],
  "docs/client.md": [
    "refused within 15 minutes", // Microsoft's page on tokens
    "tokens in 30 seconds", // Microsoft's page on limits
    "for at least a day", // test/emulator/data, by the compaction's own clock
    "Wait a day", // the longest life of a token, 1440 minutes
    "six months before", // a promise of ours
  ],
  "docs/differences.md": ["windows of 30 s", "the service may take 15 minutes", "more than 256 characters"],
  "docs/emulator.md": ["assumes ten minutes"], // communication-common 2.5.0
  // Held by the properties of test/refresher, which know no number of it.
  "docs/refresher.md": [
    "at most five attempts",
    "up to an hour",
    "a minute or more later",
    "the five attempts anew",
  ],
  "docs/testing.md": ["comes after 14 seconds"], // the Calling SDK's own
  "docs/tokenEndpoint.md": ["live for a day"], // the service's default, which a recording of test/recorded shows
  "docs/verification.md": ["about a minute", "3 minutes"],
};

/** Measured by `npm run bench`, which writes them, or about the work on this repository. */
const measured = ["docs/comparison.md", "CONTRIBUTING.md", "CHANGELOG.md"];

describe.each(documents.filter((path) => !measured.includes(path) && !/^(?:samples|service)\//.test(path)))(
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

describe("the pages", () => {
  const pages = documents.map(textOf).join("\n");
  const source = sourceText();

  it.each([...new Set(pages.match(/\b[45]\d\d `[A-Z][A-Za-z]+`/g))])("say %s as the product does", (pair) => {
    const [status = "", code = ""] = pair.split(/[ `]+/);
    // Errors of versions have one status, which their function knows.
    const found = new RegExp(`\\b${status},\\s+"${code}"|versionError\\(\\s+"${code}"`).test(source);
    expect(found).toBe(true);
  });

  it.each([...new Set(pages.match(/\bACS_EMULATOR_[A-Z_]*[A-Z]\b|\bx-ms-[a-z-]*[a-z]\b/g))])(
    "name %s, which the product knows",
    (name) => {
      expect(Object.keys(flags).map(variableOf).includes(name) || source.includes(name)).toBe(true);
    },
  );
});
