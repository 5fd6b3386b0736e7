import { adminApi, type ListedRequest } from "./adminApi.js";
import { announce, byId, KeyedList, setText } from "./dom.js";
import { ProblemBox } from "./problem.js";
import { isFailure, RequestRow } from "./requestRow.js";

const shownRequests = 100;

/** The last requests, the newest first. */
export class RequestsPanel {
  readonly #problem = new ProblemBox();
  readonly #onlyFailures = byId("only-failures", HTMLInputElement);
  readonly #empty = byId("requests-empty", HTMLElement);
  readonly #list = new KeyedList<ListedRequest, RequestRow>(
    byId("request-list", HTMLElement),
    ({ number, time, target }) => `${number} ${time} ${target}`,
    (request) => new RequestRow(request),
  );

  /** @param changed - Called when the panel needs what the emulator has now. */
  constructor(changed: () => Promise<void>) {
    byId("requests-problem", HTMLElement).append(this.#problem.element);
    this.#onlyFailures.addEventListener("change", () => void changed());
    byId("clear-requests", HTMLButtonElement).addEventListener("click", async () => {
      const done = await this.#problem.attempt(async () => void (await adminApi.clearRequests()));
      await changed();
      if (done) announce("The requests are cleared");
    });
  }

  async refresh(): Promise<void> {
    const onlyFailures = this.#onlyFailures.checked;
    const requests = await adminApi.requests(onlyFailures ? 1000 : shownRequests);
    const shown = (onlyFailures ? requests.filter(isFailure) : requests).slice(0, shownRequests);
    this.#list.show([...shown, ...this.#stillRead(requests)]);
    const failed = requests.slice(0, shownRequests).filter(isFailure).length;
    setText(byId("jump", HTMLElement), failed === 0 ? "Requests" : `Requests (${failed} failed)`);
    this.#empty.hidden = shown.length > 0;
    this.#empty.textContent = onlyFailures
      ? "No request has failed."
      : "No request yet. Point a client at the connection string above.";
  }

  /** Those that are open, and have gone from the list by the time that someone has read them. */
  #stillRead(requests: readonly ListedRequest[]): ListedRequest[] {
    // None at all: they were cleared.
    const oldest = requests.at(-1)?.number ?? 0;
    return [...this.#list.rows()]
      .filter(({ isOpen, request }) => isOpen && request.number < oldest)
      .map(({ request }) => request);
  }
}
