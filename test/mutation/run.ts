/**
 * Mutates each part of the source and runs that part's own tests, which have to notice: `npm run mutate`, or
 * `npm run mutate -- undici` for one part. Each part must reach the score in stryker.config.json.
 */
import { Stryker } from "@stryker-mutator/core";

interface Part {
  readonly mutate: string[];
  readonly testFiles: string[];
}

const parts: Readonly<Record<string, Part>> = {
  client: {
    mutate: ["src/client/**/*.ts", "src/connectionString.ts"],
    testFiles: ["test/*.test.ts", "test/client/*.test.ts"],
  },
  operation: { mutate: ["src/operation/**/*.ts"], testFiles: ["test/operation/*.test.ts"] },
  pipeline: { mutate: ["src/pipeline/**/*.ts"], testFiles: ["test/pipeline/*.test.ts"] },
  undici: {
    mutate: ["src/undici/**/*.ts"],
    testFiles: ["test/undici/*.test.ts", "test/transport/*.test.ts"],
  },
  auth: {
    mutate: ["src/testing/auth/**/*.ts"],
    testFiles: ["test/testing/{bearer,bearerDetails,exchanges,hmac,mismatch,signatureDetails}.test.ts"],
  },
};

const named = process.argv.slice(2);
const scores: Record<string, object> = {};
for (const [name, part] of Object.entries(parts)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const results = await new Stryker({
    ...part,
    configFile: "test/mutation/stryker.config.json",
    incrementalFile: `test-results/mutants/${name}.json`,
  }).runMutationTest();
  const count = (...statuses: string[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const killed = count("Killed", "Timeout");
  const survived = count("Survived", "NoCoverage");
  scores[name] = { killed, survived, errors: count("RuntimeError"), "%": percent(killed, survived) };
}
console.table(scores);

function percent(killed: number, survived: number): number {
  return Math.round((1000 * killed) / (killed + survived)) / 10;
}
