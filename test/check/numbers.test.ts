// Compares what the pages say with the values of the product: its limits and durations, and the names of its variables and
// flags. The behaviour of each value is tested beside its code.
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commandTable.js";
import { defaultCommandPort, flags, variableForFlag } from "../../src/cli/emulator/flags.js";
import { exitCodes } from "../../src/cli/errors.js";
import { maxIdLength } from "../../src/client/methodArguments.js";
import { maxConnectionStringLength } from "../../src/connectionString.js";
import { snapshotLimitInBytes } from "../../src/emulator/admin/snapshot.js";
import { pieceLimitInMs } from "../../src/emulator/server/writeResponse.js";
import { type OperationName, routes } from "../../src/generated/routes.js";
import { defaultLimitInMs } from "../../src/pipeline/attemptPolicy.js";
import { longestPauseInMs } from "../../src/pipeline/bearerTokenPolicy.js";
import { leastCorrectionInMs } from "../../src/pipeline/clockCorrection.js";
import { maxBodyInBytes } from "../../src/pipeline/transportPolicy.js";
import { lifetimeInSeconds as deviceCodeLifetimeInSeconds } from "../../src/testing/entra/flows/deviceSignIn.js";
import {
  refreshTokenLifetimeInSeconds,
  tokenLifetimeInSeconds,
} from "../../src/testing/entra/tokens/tokenResponse.js";
import { documents, readText } from "../helpers/documents.js";

const second = 1000;
const minute = 60 * second;
const MiB = 1024 ** 2;

/** How often the service lets a resource call an operation. */
function limitOf(operation: OperationName): { readonly requests: number; readonly seconds: number } {
  const route = routes.find((each) => each.operation === operation);
  return route?.rateLimit ?? { requests: Number.NaN, seconds: Number.NaN };
}

/** A page, the text around a number on it, with `#` in the number's place, and the value in the page's unit. */
const numbers: readonly (readonly [page: string, text: string, value: number])[] = [
  ["MIGRATING.md", "| # s per attempt", defaultLimitInMs / second],
  ["docs/clientReference.md", "longer than # s or", defaultLimitInMs / second],
  ["SECURITY.md", "or # s for each attempt", defaultLimitInMs / second],
  ["TROUBLESHOOTING.md", "longer than # s or", defaultLimitInMs / second],
  ["docs/client.md", "ends after # s, including its body", defaultLimitInMs / second],
  ["docs/clientReference.md", "for each attempt (#)", defaultLimitInMs],
  ["MIGRATING.md", "| # MiB at most, and uncompressed", maxBodyInBytes / MiB],
  ["SECURITY.md", "read more than # MiB", maxBodyInBytes / MiB],
  ["docs/operating.md", "more than # minute away", leastCorrectionInMs / minute],
  ["MIGRATING.md", "at most once # minute", longestPauseInMs / minute],
  ["SECURITY.md", "connection string of more than # characters", maxConnectionStringLength],
  ["SECURITY.md", "An id of more than # characters", maxIdLength],
  ["docs/adminApi.md", "`--port NUMBER`: # by default", defaultCommandPort],
  ["SECURITY.md", "nothing of a response for # seconds", pieceLimitInMs / second],
  ["SECURITY.md", "a snapshot # MiB", snapshotLimitInBytes / MiB],
  ["docs/adminApi.md", "at most # MiB", snapshotLimitInBytes / MiB],
  ["docs/command.md", "- #: refused or failed", exitCodes.failed],
  ["docs/command.md", "- #: invalid usage", exitCodes.usage],
  ["docs/command.md", "- #: the emulator's port", exitCodes.port],
  ["docs/command.md", "- #: its data file", exitCodes.data],
  ["docs/command.md", "that of the command; # if there is none", exitCodes.notStarted],
  ["docs/differences.md", "live for # minutes or until", deviceCodeLifetimeInSeconds / 60],
  ["docs/differences.md", "both live for # hour", tokenLifetimeInSeconds / 3600],
  ["docs/differences.md", "and for # days", refreshTokenLifetimeInSeconds / (24 * 3600)],
  ["TROUBLESHOOTING.md", "More than # creations", limitOf("createUser").requests],
  ["TROUBLESHOOTING.md", "creations, # tokens", limitOf("getToken").requests],
  ["TROUBLESHOOTING.md", "tokens, # deletions", limitOf("deleteUser").requests],
  ["TROUBLESHOOTING.md", "exchanges in # seconds", limitOf("getToken").seconds],
  ["docs/client.md", "allows # creations", limitOf("createUser").requests],
  ["docs/client.md", "creations and # tokens", limitOf("getToken").requests],
  ["docs/client.md", "tokens in # seconds", limitOf("getToken").seconds],
];

it.each(numbers)("%s says “%s” as the product has it: %i", (page, text, value) => {
  const escaped = text.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&").replace(/\s+/g, "\\s+");
  const found = [...readText(page).matchAll(new RegExp(escaped.replace("#", "([\\d ]*\\d|an?)"), "g"))];
  const said = found.map(([, number = ""]) =>
    /^an?$/.test(number) ? 1 : Number(number.replaceAll(" ", "")),
  );
  expect(said).not.toEqual([]);
  for (const number of said) expect(number).toBe(value);
});

const modules = await Promise.all(commands.map(({ load }) => load()));

describe("the pages", () => {
  const own = [
    ...Object.keys(flags).flatMap((name) => [`--${name}`, variableForFlag(name)]),
    ...modules.flatMap((module) => Object.keys(module.flags).map((name) => `--${name}`)),
  ];

  it("name only variables of the emulator that it knows", () => {
    const named =
      documents
        .map(readText)
        .join("\n")
        .match(/\bACS_EMULATOR(?:_[A-Z0-9]+)+\b/g) ?? [];
    expect([...new Set(named)].filter((name) => !own.includes(name))).toEqual([]);
  });

  it("name only flags of the command that it knows", () => {
    const lines =
      documents
        .map(readText)
        .join("\n")
        .match(/acs-identity (?:emulator|user|token|doctor)\b[^`|#\n]*/g) ?? [];
    // What stands behind ` -- ` is another program's.
    const named = lines.flatMap((line) => line.split(" -- ")[0]?.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? []);
    const known = [...own, "--help", "--json"];
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });
});
