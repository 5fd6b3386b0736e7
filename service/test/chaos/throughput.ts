/**
 * Measures how many tokens a second a database allows, since each token updates the same row: `npm run throughput`. Takes two
 * minutes, and prints what "Sizing" in the runbook goes by. Instances, PostgreSQL and the emulator share this machine, so a
 * number is that of the slowest of them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openOwnLab } from "../instances/lab.js";
import { noPostgres } from "../postgres.js";

const delaysInMs = [0, 5, 50];
const inFlight = 32;
const warmUpInMs = 2_000;
const measuredInMs = 8_000;

if (noPostgres) throw new Error(`No PostgreSQL${noPostgres}`);
const lab = await openOwnLab();
try {
  await lab.database.query(`CREATE TABLE delay (seconds float8); INSERT INTO delay VALUES (0); GRANT SELECT ON delay TO service;
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_sleep((SELECT seconds FROM delay)); RETURN NEW; END';
    CREATE TRIGGER slow BEFORE UPDATE ON arrivals FOR EACH ROW WHEN (NEW.key LIKE 'acs:%') EXECUTE FUNCTION slow()`);
  const tokens = await Promise.all(
    Array.from({ length: inFlight }, (_, index) => lab.signIn(`caller ${index}`)),
  );
  console.log(`| instances | ${delaysInMs.map((delay) => `${delay} ms a write`).join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(delaysInMs.length)}`);
  for (const count of [1, 2, 4]) {
    // The resource's own limit is far away.
    const starting = Array.from({ length: count }, () => lab.startInstance({ SHARE_OF_LIMITS: "1000" }));
    const instances = await Promise.all(starting);
    const cells: string[] = [];
    for (const delay of delaysInMs) {
      await lab.database.query("UPDATE delay SET seconds = $1", [delay / 1000]);
      cells.push(
        await measure(
          instances.map(({ url }) => url),
          tokens,
        ),
      );
    }
    console.log(`| ${count} | ${cells.join(" | ")} |`);
    await Promise.all(instances.map((instance) => instance.end("SIGTERM")));
  }
} finally {
  await lab.close();
}

/** Returns the tokens a second, and the refusals, if there are some. */
async function measure(urls: readonly string[], tokens: readonly string[]): Promise<string> {
  let isOver = false;
  let issued = 0;
  let refused = 0;
  const callers = tokens.map(async (token, index) => {
    const headers = { Authorization: `Bearer ${token}` };
    while (!isOver) {
      const response = await fetch(`${urls[index % urls.length]}/token`, { method: "POST", headers });
      await response.arrayBuffer();
      if (response.ok) issued++;
      else refused++;
    }
  });
  await sleep(warmUpInMs);
  [issued, refused] = [0, 0];
  const from = performance.now();
  await sleep(measuredInMs);
  const perSecond = (issued * 1000) / (performance.now() - from);
  const others = refused > 0 ? ` (${refused} refused)` : "";
  isOver = true;
  await Promise.all(callers);
  return `${Math.round(perSecond)}${others}`;
}
