import { parseConnectionString } from "../../../index.js";
import { adminApi, type EmulatorInfo } from "./adminApi.js";
import { openFaults } from "./controlDialogs.js";
import { copy } from "./copy.js";
import { announce, byId, setText } from "./dom.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatDayAndTime, formatDuration, plural } from "./format.js";
import type { ProblemBox } from "./problem.js";

const strictnessHints = {
  strict: "Accepts no quirk of any client",
  standard: "Accepts the known quirks of the official clients in signatures",
  loose: "Takes any API version, bearer token and content type as well",
};

/** Less is the time that the answer took. */
const shownOffsetInMs = 2000;

/** The head of the page: how to connect, how strict, and what time it is there. */
export class StatusPanel {
  readonly #problem: ProblemBox;
  readonly #showKey = byId("show-key", HTMLButtonElement);
  #info: EmulatorInfo | undefined;

  /** @param changed - Called when the emulator's state has changed. */
  constructor(problem: ProblemBox, changed: () => Promise<void>) {
    this.#problem = problem;
    this.#showKey.addEventListener("click", () => {
      const isShown = this.#showKey.getAttribute("aria-pressed") !== "true";
      this.#showKey.setAttribute("aria-pressed", String(isShown));
      this.#showConnection();
    });
    const copies = (id: string, what: string, text: () => string) => {
      const node = byId(id, HTMLButtonElement);
      node.addEventListener("click", () => void copy(node, what, text, (error) => problem.show(error)));
    };
    copies("copy-connection-string", "connection string", () => connectionString(this.#key));
    copies("copy-snippet", "code", () => snippet(this.#key));
    copies("copy-endpoint", "endpoint", () => endpoint);
    const moves = (id: string, move: Parameters<typeof adminApi.moveClock>[0]) => {
      byId(id, HTMLButtonElement).addEventListener("click", () => void this.#move(move, changed));
    };
    byId("faults", HTMLButtonElement).addEventListener("click", async () => {
      await problem.attempt(openFaults);
      await changed();
    });
    moves("clock-hour", { advance: { hours: 1 } });
    moves("clock-day", { advance: { hours: 24 } });
    moves("clock-reset", { reset: true });
  }

  show(info: EmulatorInfo): void {
    this.#info = info;
    setText(byId("version", HTMLElement), info.version);
    const strictness = byId("strictness", HTMLElement);
    setText(strictness, info.strictness);
    strictness.title = strictnessHints[info.strictness];
    strictness.classList.toggle("warn", info.strictness === "loose");
    const faults = byId("faults", HTMLElement);
    faults.classList.toggle("warn", info.faults > 0);
    setText(faults, info.faults === 0 ? "Faults" : `${plural(info.faults, "fault")} waiting`);
    this.#showConnection();
    this.#showOffset(info);
    this.tick();
  }

  /** Called each second. */
  tick(): void {
    if (!this.#info) return;
    const clock = byId("clock-time", HTMLTimeElement);
    const time = emulatorClock.now();
    clock.dateTime = clock.title = new Date(time).toISOString();
    setText(clock, formatDayAndTime(time));
  }

  get #key(): string {
    return parseConnectionString(this.#info?.connectionString ?? "").credential.key;
  }

  #showConnection(): void {
    const key = this.#key;
    const isShown = this.#showKey.getAttribute("aria-pressed") === "true";
    const shown = isShown ? key : `${key.slice(0, 4)}…`;
    setText(byId("connection-string", HTMLElement), connectionString(shown));
    setText(byId("snippet", HTMLElement), snippet(shown));
    setText(byId("endpoint", HTMLElement), endpoint);
  }

  #showOffset({ time, frozen, skewInMs }: EmulatorInfo): void {
    const offset = Date.parse(time) - Date.now();
    const parts: string[] = [];
    if (frozen) parts.push("frozen");
    if (Math.abs(offset) >= shownOffsetInMs) {
      parts.push(`${formatDuration(offset)} ${offset > 0 ? "ahead" : "behind"}`);
    }
    if (skewInMs) parts.push(`wall ${formatDuration(skewInMs)} ${skewInMs > 0 ? "ahead" : "behind"}`);
    const chip = byId("clock-offset", HTMLElement);
    setText(chip, parts.join(", ") || "in step");
    chip.title = "Against the clock of this computer";
    chip.classList.toggle("warn", parts.length > 0);
    byId("clock-reset", HTMLButtonElement).hidden = parts.length === 0;
  }

  async #move(move: Parameters<typeof adminApi.moveClock>[0], changed: () => Promise<void>): Promise<void> {
    const done = await this.#problem.attempt(async () => void (await adminApi.moveClock(move)));
    await changed();
    if (done) announce(`The emulator's time is ${formatDayAndTime(emulatorClock.now())}`);
  }
}

/** Where the page came from: the name by which this computer reaches the emulator, proven to work. */
const endpoint = `${location.origin}/`;

function connectionString(key: string): string {
  return `endpoint=${endpoint};accesskey=${key}`;
}

/** The first lines of an app. */
function snippet(key: string): string {
  return `import { CommunicationIdentityClient } from "acs-identity";
const client = new CommunicationIdentityClient("${connectionString(key)}");
const { user, token } = await client.createUserAndToken(["chat"]);
`;
}
