// A process that runs rows one at a time, so that each row's logs, timers and faults are its own.
import { Lab } from "./lab.js";
import { startObserving } from "./observer.js";
import { versionsHere } from "./platform.js";
import type { RowReport, Task } from "./row.js";
import { rowNamed } from "./rows/index.js";
import { subjectNamed } from "./subjects.js";

startObserving();

process.on("message", (task: Task) => {
  void run(task).then((report) => process.send?.(report));
});
process.on("disconnect", () => process.exit(0));
process.send?.(versionsHere());

async function run({ id, subject }: Task): Promise<RowReport> {
  const lab = new Lab(await subjectNamed(subject));
  try {
    await rowNamed(id).run(lab);
  } catch (error) {
    lab.keep("row", error);
    lab.must(`the row failed: ${String(error).slice(0, 120)}`, false);
  }
  return lab.finish();
}
