/** Starts an emulator on the data file in the thread's `workerData` and posts the outcome. */
import { parentPort, workerData } from "node:worker_threads";
import { DataFileError, startEmulator } from "../../../../src/emulator/index.js";

const outcome = await startEmulator({ data: workerData }).then(
  () => "started",
  (error: unknown) => (error instanceof DataFileError ? error.problem : String(error)),
);
parentPort?.postMessage(outcome);
