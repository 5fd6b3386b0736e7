// What a call costs: over a transport that answers at once, and over loopback.
import { makeCertificates } from "../helpers/certificates.js";
import { budgets } from "./budgets.js";
import { startServer } from "./processes.js";
import { measureInTurns, rowOf } from "./rounds.js";
import type { Row } from "./rows.js";
import type { OperationName, SubjectName } from "./subjects.js";

const two: readonly SubjectName[] = ["ours", "official"];
const all: readonly SubjectName[] = [
  "ours",
  "official",
  "ours over undici",
  "floor on node:http",
  "floor on undici",
];
const levels = [1, 16, 64];

export async function measureStub(subjects: readonly SubjectName[] = two): Promise<Row[]> {
  const section = "Stub transport";
  const rows: Row[] = [];
  for (const operation of ["getToken", "createUserAndToken", "deleteUser"] satisfies OperationName[]) {
    const counts = operation === "getToken";
    const measured = await measureInTurns(
      subjects,
      counts ? { processes: 3, rounds: 6 } : { processes: 2, rounds: 4 },
      {
        operation,
        target: {},
        inFlight: 1,
        clients: 1,
        calls: 3000,
      },
    );
    const budget = counts ? { budget: budgets.stub } : {};
    rows.push(
      rowOf(
        { section, what: `${operation}: CPU per call`, unit: "µs", ...budget },
        measured,
        ({ cpu }) => cpu,
      ),
      rowOf({ section, what: `${operation}: time per call`, unit: "µs" }, measured, ({ wall }) => wall),
    );
  }
  const measured = await measureInTurns(
    subjects,
    { processes: 1, rounds: 5 },
    {
      operation: "getToken",
      target: {},
      inFlight: 1,
      clients: 1,
      calls: 500,
      also: "heap",
    },
  );
  rows.push(
    rowOf({ section, what: "getToken: allocated per call", unit: "bytes" }, measured, ({ heap = 0 }) => heap),
  );
  return rows;
}

export async function measureLoopback(kind: "http" | "TLS"): Promise<Row[]> {
  const certificates = kind === "TLS" ? makeCertificates() : undefined;
  const server = await startServer(certificates);
  const target = {
    origin: `http${certificates ? "s" : ""}://127.0.0.1:${server.port}`,
    ...(certificates && { ca: certificates.ca }),
  };
  const rows: Row[] = [];
  for (const inFlight of levels) {
    const counts = kind === "http" && inFlight === 16;
    // What a budget rests on is measured more often.
    const repetition = counts
      ? { processes: 4, rounds: 5 }
      : { processes: 1, rounds: kind === "TLS" ? 4 : 6 };
    const measured = await measureInTurns(all, repetition, {
      operation: "getToken",
      target,
      inFlight,
      clients: 1,
      calls: counts ? 2000 : 1000,
    });
    const section = `getToken over loopback, ${kind}, ${inFlight} in flight`;
    const cpu = rowOf({ section, what: "CPU per call", unit: "µs" }, measured, (one) => one.cpu);
    rows.push(counts ? { ...cpu, budget: budgets.loopback } : cpu);
    if (counts) rows.push({ ...cpu, what: "CPU per call, over undici", budget: budgets.loopbackOverUndici });
    rows.push(
      rowOf({ section, what: "throughput", unit: "calls/s" }, measured, ({ wall }) => 1e6 / wall),
      rowOf({ section, what: "p50", unit: "µs" }, measured, ({ p50 }) => p50),
      rowOf({ section, what: "p99", unit: "µs" }, measured, ({ p99 }) => p99),
    );
  }
  server.stop();
  return rows;
}

export async function measureGrowth(): Promise<Row[]> {
  const rows: Row[] = [];
  const stub = { operation: "getToken", target: {}, calls: 2000 } as const;
  for (const clients of [1, 10, 100, 1000]) {
    const also = clients === 1 ? ({ also: "construction" } as const) : {};
    const measured = await measureInTurns(
      two,
      { processes: 1, rounds: 5 },
      { ...stub, inFlight: 1, clients, ...also },
    );
    const section = "Growth";
    rows.push(
      rowOf({ section, what: `CPU per call, ${clients} clients`, unit: "µs" }, measured, ({ cpu }) => cpu),
    );
    if (clients === 1) {
      rows.push(
        rowOf(
          { section, what: "CPU to make a client", unit: "µs" },
          measured,
          ({ construction = 0 }) => construction,
        ),
      );
    }
  }
  for (const inFlight of [1, 10, 100, 1000]) {
    const measured = await measureInTurns(
      two,
      { processes: 1, rounds: 5 },
      { ...stub, inFlight, clients: 1 },
    );
    rows.push(
      rowOf(
        { section: "Growth", what: `CPU per call, ${inFlight} in flight`, unit: "µs" },
        measured,
        ({ cpu }) => cpu,
      ),
    );
  }
  return rows;
}
