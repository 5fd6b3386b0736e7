// `npm run bench`: this package and the official one side by side, as they are installed. `--help` lists the options.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureGrowth, measureLoopback, measureStub } from "./calls.js";
import { measureBundle, measureImport, measureInstallation } from "./loading.js";
import { bundlePrograms, canPin } from "./processes.js";
import type { Row } from "./rows.js";
import { runSelfCheck } from "./selfCheck.js";
import { formatTable } from "./table.js";

const help = `npm run bench -- [options]
  --only stub,loopback   these sections: ${"stub, loopback, tls, growth, import, bundle, install"}
  --json                 print the rows as JSON
  --self-check           measure the official package against itself: every ratio must be 1.0 within the noise`;

const sections: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  stub: () => measureStub(),
  loopback: () => measureLoopback("http"),
  tls: () => measureLoopback("TLS"),
  growth: measureGrowth,
  import: () => measureImport(),
  bundle: measureBundle,
  install: measureInstallation,
};

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string" },
    "self-check": { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  const start = performance.now();
  await bundlePrograms();
  if (values["self-check"]) {
    await runSelfCheck();
  } else {
    const rows: Row[] = [];
    for (const name of values.only?.split(",") ?? Object.keys(sections)) {
      const measure = sections[name];
      if (!measure) throw new Error(`There is no section ${name}.`);
      console.error(`${name}…`);
      rows.push(...(await measure()));
    }
    const seconds = Math.round((performance.now() - start) / 1000);
    const machine = `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`;
    const summary = `${machine}, ${canPin ? "pinned" : "not pinned"}, ${seconds} s`;
    console.log(
      values.json
        ? JSON.stringify({ machine: summary, rows }, undefined, 2)
        : `${formatTable(rows)}\n\n${summary}`,
    );
  }
}
