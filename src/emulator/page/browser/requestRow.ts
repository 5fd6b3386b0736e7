import { troubleshootingOf } from "../../troubleshooting.js";
import type { ListedRequest } from "./adminApi.js";
import { userAgentPrefix } from "./client.js";
import { diagnosisView } from "./diagnosis.js";
import { element, type Row } from "./dom.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatDayAndTime, formatTime } from "./format.js";
import { traceView } from "./traceView.js";

export function isFailure({ status }: ListedRequest): boolean {
  return status === undefined || status >= 400;
}

/** One request: a line, behind it what came in, below it what the emulator found wrong. */
export class RequestRow implements Row<ListedRequest> {
  readonly element: HTMLElement;
  readonly request: ListedRequest;
  readonly #details: HTMLDetailsElement;

  constructor(request: ListedRequest) {
    const { diagnosis, message } = request;
    const help = troubleshootingOf(request);
    this.request = request;
    this.#details = lazyDetails(summaryOf(request), () => detailsOf(request));
    this.element = element(
      "li",
      { class: "request", "data-outcome": outcomeOf(request) },
      this.#details,
      message === undefined && diagnosis === undefined
        ? undefined
        : diagnosisView(diagnosis ?? "", message, help),
    );
  }

  get isOpen(): boolean {
    return this.#details.open;
  }

  /** What came in stays as it is. */
  update(): void {}
}

function outcomeOf(request: ListedRequest): string {
  if (isFailure(request)) return "failure";
  return request.diagnosis === undefined ? "success" : "remark";
}

function summaryOf(request: ListedRequest): HTMLElement {
  const time = Date.parse(request.time);
  const path = request.target.split("?", 1)[0] ?? "";
  return element(
    "summary",
    {},
    element(
      "time",
      { class: "muted number", datetime: request.time, title: formatDayAndTime(time) },
      formatTime(time, emulatorClock.now()),
    ),
    element(
      "span",
      { class: "what" },
      element("code", {}, request.operation ?? `${request.method} ${path}`),
      isFromPage(request) ? element("span", { class: "chip" }, "this page") : undefined,
    ),
    element("span", { class: "status number" }, statusText(request)),
    element("span", { class: "muted number duration" }, durationText(request.durationInMs)),
  );
}

function statusText({ status, code }: ListedRequest): string {
  if (status === undefined) return "dropped";
  return code === undefined || code === "" ? String(status) : `${status} ${code}`;
}

function durationText(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds : Math.round(milliseconds)} ms`;
}

function isFromPage({ headers }: ListedRequest): boolean {
  return headers["x-ms-useragent"]?.startsWith(userAgentPrefix) ?? false;
}

function detailsOf(request: ListedRequest): HTMLElement[] {
  const { method, target, headers, body } = request;
  const lines = [
    `${method} ${target}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  if (body !== undefined)
    lines.push("", typeof body === "string" ? body : JSON.stringify(body, undefined, 2));
  return [...traceView(request), element("pre", { class: "raw" }, lines.join("\n"))];
}

/** Makes its content when it is first opened: a hundred rows come and go each second under load. */
function lazyDetails(summary: HTMLElement, content: () => HTMLElement[]): HTMLDetailsElement {
  const details = element("details", {}, summary);
  details.addEventListener("toggle", () => details.append(...content()), { once: true });
  return details;
}
