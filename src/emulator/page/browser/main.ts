import { adminApi } from "./adminApi.js";
import { connect } from "./client.js";
import { openReset } from "./controlDialogs.js";
import { announce, byId } from "./dom.js";
import { emulatorClock } from "./emulatorClock.js";
import { ProblemBox } from "./problem.js";
import { RequestsPanel } from "./requestsPanel.js";
import { StatusPanel } from "./statusPanel.js";
import { UsersPanel } from "./usersPanel.js";

const secondInMs = 1000;
const longestWaitInMs = 5 * secondInMs;
/** The wait between two looks is at least so many times as long as a look took: the emulator has other work. */
const restFactor = 10;

const problem = new ProblemBox();
const status = new StatusPanel(problem, refreshAll);
const users = new UsersPanel(refreshAll);
const requests = new RequestsPanel(refreshAll);

let shownRevision: number | undefined;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Looks at the emulator, and at the lists when something has changed there since the last look. */
async function refresh(force: boolean): Promise<void> {
  try {
    const info = await adminApi.info();
    emulatorClock.sync(Date.parse(info.time), info.frozen);
    connect(info.connectionString);
    status.show(info);
    users.tick();
    if (force || info.revision === undefined || info.revision !== shownRevision) {
      await Promise.all([users.refresh(), requests.refresh()]);
      shownRevision = info.revision;
    }
    if (failures > 0) problem.clear();
    failures = 0;
  } catch (error) {
    failures += 1;
    shownRevision = undefined;
    problem.show(error);
  }
  document.body.classList.toggle("stale", failures > 0);
}

async function refreshAll(): Promise<void> {
  await refresh(true);
}

/** Rests while no one looks, and goes slower while no one answers or an answer is much work. */
async function poll(): Promise<void> {
  clearTimeout(timer);
  if (document.hidden) return;
  const start = performance.now();
  await refresh(false);
  const took = performance.now() - start;
  clearTimeout(timer);
  timer = setTimeout(
    poll,
    Math.min(longestWaitInMs, Math.max(secondInMs * (1 + failures), took * restFactor)),
  );
}

byId("page-problem", HTMLElement).append(problem.element);
document.title = `acs-identity emulator · ${location.host}`;
byId("reset-all", HTMLButtonElement).addEventListener("click", async () => {
  if (!(await openReset())) return;
  users.forget();
  await refreshAll();
  announce("All is reset");
});
document.addEventListener("visibilitychange", () => void poll());
setInterval(() => {
  status.tick();
  users.tick();
}, secondInMs);
void poll();
