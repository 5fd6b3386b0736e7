import { expect, it } from "vitest";
import { Overload } from "../src/problem.js";
import { start } from "./inProcess.js";
import { measurements } from "./measurements.js";

it("a service at its limit logs once a second how many requests are too many, without a stack, and answers health checks", async () => {
  let isFull = false;
  const service = await start(undefined, {
    wrap: (database) => ({
      ...database,
      query: async (text, values) => {
        if (isFull && text.includes("arrivals")) throw new Overload("database", 1);
        return database.query(text, values);
      },
    }),
  });
  const alice = await service.signIn("alice");
  isFull = true;
  const startInMs = performance.now();
  const replies = await Promise.all(Array.from({ length: 30 }, () => service.call("POST", "/token", alice)));
  for (const { body, headers } of replies) {
    expect(body).toMatchObject({ status: 503, code: "busy" });
    expect(headers.get("Retry-After")).toBe("1");
  }
  expect((await service.call("GET", "/healthz")).status).toBe(200);
  await service.stop();
  const lines = service.log.filter(({ level, msg }) => Number(level) >= 40 || msg === "Answered");
  const counts = lines.map((line) => (line.refused as { readonly database: number } | undefined)?.database);
  // One at once, one for each second, and one at the end.
  const mostLines = 2 + (performance.now() - startInMs) / 1000;
  expect(counts.length, JSON.stringify(lines)).toBeLessThanOrEqual(mostLines);
  expect(counts.reduce((sum = 0, count = Number.NaN) => sum + count, 0)).toBe(30);
  for (const line of lines) expect(line).toMatchObject({ level: 40, code: "busy" });
  const counted = measurements.filter((each) => each.includes('{"code":"busy","status":503}'));
  expect(counted).toHaveLength(30);
});
