// Compares what README.md and the runbook say with the values of the service.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import { expect, it } from "vitest";
import { type AppOptions, createApp, longestRequest } from "../src/app.js";
import { documentedLimits, limitOf } from "../src/limits.js";
import { refusalReasons } from "../src/metrics.js";
import { alarms, problemCodes } from "../src/problem.js";
import { instruments } from "./measurements.js";
import { contract } from "./openApi.js";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const readme = read("README.md");
const runbook = read("operations/runbook.md");

/** Returns the part of the runbook with a heading. */
function runbookPart(heading: string): string {
  return runbook.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** Returns the codes of the problems with a status. */
function codesWithStatus(status: number): string[] {
  const all: [string, readonly number[]][] = Object.entries(problemCodes);
  return all.filter(([, statuses]) => statuses.includes(status)).map(([code]) => code);
}

const firstCells = (text: string) => text.match(/(?<=^\| `)\w+(?=` \|)/gm) ?? [];

it("the runbook explains each alarm", () => {
  expect(firstCells(runbookPart("Alarms"))).toEqual(alarms);
});

it.each([401, 403, 429])("the runbook explains each code of a %i", (status) => {
  expect(codesWithStatus(status)).not.toEqual([]);
  for (const code of codesWithStatus(status)) expect(runbookPart(String(status)), code).toContain(code);
});

it("the runbook explains each reason for which a sign-in is refused", () => {
  expect(firstCells(runbookPart("401"))).toEqual(refusalReasons.map(({ reason }) => reason));
});

it("the runbook explains each code of a 503, except the one for the load balancer alone", () => {
  const explained = new Set(runbookPart("503").match(/(?<=^- `)[\w-]+(?=`)/gm));
  expect([...explained].toSorted()).toEqual(
    codesWithStatus(503)
      .filter((code) => code !== "stopping")
      .toSorted(),
  );
});

it("README.md lists the metrics", () => {
  const [, list = ""] = /Metrics: (.*?) and `http/s.exec(readme) ?? [];
  const listed = list.match(/(?<=`(?:token_service)?\.)\w+/g) ?? [];
  expect(listed.map((name) => `token_service.${name}`)).toEqual([...instruments]);
});

it("README.md and the contract say how many calls of each kind the limits permit", () => {
  const permitted = documentedLimits.map(({ operation }) => {
    const { calls, atOnce, perSeconds } = limitOf(operation, 1);
    return `${operation}: ${atOnce} at once, then ${Math.floor((calls - atOnce + 1) / perSeconds)}`;
  });
  const [, most, rate, teams, teamsRate] =
    /for (\d+) callers at once, then (\d+) a\s+second; .* for (\d+) at once, then (\d+) a second/s.exec(
      readme,
    ) ?? [];
  const few = ["getTokenForTeamsUser", "revokeTokens", "deleteUser"];
  expect(permitted).toEqual([
    ...["createUser", "getToken"].map((operation) => `${operation}: ${most} at once, then ${rate}`),
    ...few.map((operation) => `${operation}: ${teams} at once, then ${teamsRate}`),
  ]);
  const said = Object.values(contract.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, description = "" }) => {
      const [, atOnce, perSecond] = /(\d+) at once and then (\d+) a second/.exec(description) ?? [];
      const operation = operationId === "getTeamsToken" ? "getTokenForTeamsUser" : operationId;
      return atOnce ? [`${operation}: ${atOnce} at once, then ${perSecond}`] : [];
    }),
  );
  expect(said).toEqual(permitted.slice(1));
});

it("README.md promises no shorter waits than the limits allow", () => {
  const [, promised] = /waits at most (\d+) seconds .* 408 within half a minute/.exec(readme) ?? [];
  // What is left is for the response of a busy machine.
  expect(longestRequest).toBeLessThanOrEqual(Number(promised) * 1000 - 3_000);
  const unused = {} as AppOptions;
  const { server } = createApp({ ...unused, allowedOrigins: [], log: Fastify().log });
  // Node's types don't have this property of its servers.
  const { connectionsCheckingInterval } = server as unknown as Record<string, number>;
  expect(server.requestTimeout + (connectionsCheckingInterval ?? Number.NaN)).toBeLessThan(30_000);
});
