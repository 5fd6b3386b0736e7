/** @jsxImportSource preact */
// Opens the emulator's page on a DOM in Node, with a stub of the admin API behind its `fetch`.
import { act, cleanup, configure, fireEvent, render, screen, within } from "@testing-library/preact";
import { onTestFinished, vi } from "vitest";
import type {
  EmulatorInfo,
  EntraDirectory,
  ListedRequest,
  ListedToken,
  ListedUser,
} from "../../../../../src/emulator/admin/models.js";
import { App } from "../../../../../src/emulator/page/browser/app.js";
import { language } from "../../../../../src/emulator/page/browser/header/language.js";

/** When the page is opened, by this computer's clock. */
export const openedAt: number = Date.parse("2030-01-02T10:00:00Z");

const accessKey = (text: string) => btoa(`acs-identity emulator: ${text}`);

// The default is a list of everything on the page.
configure({ getElementError: (message) => new Error(message?.split("\n", 1)[0]) });

const selects = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value") ?? {};
// Browsers turn a number into text first. happy-dom finds no option for it.
Object.defineProperty(HTMLSelectElement.prototype, "value", {
  ...selects,
  set(value: unknown) {
    selects.set?.call(this, String(value));
  },
});

/** What the page gets from the emulator. A test changes it before it opens the page, or while it is open. */
export interface StubbedApi {
  info: EmulatorInfo;
  users: readonly ListedUser[];
  /** How many users there are, if they aren't all listed. */
  total: number | undefined;
  /** Newest first. */
  requests: readonly ListedRequest[];
  /** What the browser says it is. */
  userAgent: string;
  /** How many older ones the emulator has dropped. */
  dropped: number;
  directory: EntraDirectory;
  /** The response to a request by method and path, such as `GET /faults`. The default for a change is an empty one. */
  answers: Record<string, unknown>;
  /** What the page changed, in order. */
  readonly changes: Change[];
  /** What the page read, in order. */
  readonly reads: string[];
  /** What was copied last. */
  copied: string | undefined;
}

export type Change = readonly [methodAndPath: string, body?: unknown];

/** The answer of an emulator that refuses. */
export class Refusal {
  readonly status: number;
  readonly error: object;

  constructor(status: number, error: object) {
    this.status = status;
    this.error = error;
  }
}

export function stubbedApi(changes: Partial<StubbedApi> = {}): StubbedApi {
  return {
    info: infoOf(),
    users: [],
    total: undefined,
    requests: [],
    userAgent: "",
    dropped: 0,
    directory: directoryOf(),
    answers: {},
    changes: [],
    reads: [],
    copied: undefined,
    ...changes,
  };
}

/** Opens the page at `#/place` or at an address such as `?filter=text#/place`, and closes it when the test ends. Time passes only in `settle`. */
export async function openPage(place: string, changes: Partial<StubbedApi> = {}): Promise<StubbedApi> {
  const api = stubbedApi(changes);
  vi.useFakeTimers({ now: openedAt });
  vi.stubGlobal("fetch", (path: string, options: RequestInit) => answerTo(api, path, options));
  stubClipboard(api);
  history.replaceState(null, "", place.startsWith("?") ? `/${place}` : `/#/${place}`);
  dispatchEvent(new Event("hashchange"));
  onTestFinished(() => {
    closePage();
    vi.useRealTimers();
    // The page remembers it, and the next file may run in the same process.
    language.value = "JavaScript";
  });
  render(<App />);
  await settle();
  return api;
}

/** Takes the page out of the document, as the end of the test does, too. */
export function closePage(): void {
  // Effects end after the next frame, which this waits for.
  act(cleanup);
}

function stubClipboard(api: StubbedApi): void {
  class ClipboardItem {
    readonly content: Record<string, Promise<Blob>>;

    constructor(content: Record<string, Promise<Blob>>) {
      this.content = content;
    }
  }
  const writeText = async (text: string | undefined) => {
    api.copied = text;
  };
  const write = async ([item]: ClipboardItem[]) =>
    writeText(await (await item?.content["text/plain"])?.text());
  vi.stubGlobal("ClipboardItem", ClipboardItem);
  vi.stubGlobal("navigator", { userAgent: api.userAgent, clipboard: { writeText, write } });
}

async function answerTo(
  api: StubbedApi,
  path: string,
  { method = "GET", body }: RequestInit,
): Promise<Response> {
  const name = `${method} ${path.replace("/_emulator", "")}`;
  if (method === "GET") api.reads.push(name);
  else api.changes.push(body instanceof Blob ? [name, body] : body ? [name, JSON.parse(`${body}`)] : [name]);
  const [plain = ""] = name.split("?");
  const given =
    api.answers[name] ?? api.answers[plain] ?? usual(api, plain, new URLSearchParams(name.split("?")[1]));
  const answer: unknown = typeof given === "function" ? await given() : given;
  if (answer instanceof Refusal) return Response.json({ error: answer.error }, { status: answer.status });
  return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
}

function usual(api: StubbedApi, name: string, query: URLSearchParams): unknown {
  const { info, users, total = users.length, requests, dropped } = api;
  const [, number] = /^GET \/requests\/(\d+)$/.exec(name) ?? [];
  if (number !== undefined) return requests.find((each) => each.number === Number(number));
  switch (name) {
    case "GET /info":
      return {
        ...info,
        stateRevision: info.revision,
        requests: requests[0]?.number ?? info.requests,
        time: info.time || new Date().toISOString(),
      };
    case "GET /users":
      return { users, total, matching: total };
    case "GET /requests":
      return {
        requests: requests.filter(({ number }) => number > Number(query.get("after"))),
        total: requests.length,
        dropped,
      };
    case "GET /faults":
      return { faults: [] };
    case "GET /entra":
      return api.directory;
    case "POST /clock":
      return { time: "2030-01-03T10:00:00Z", frozen: false, skewInMs: 0, wallTime: "2030-01-02T10:00:00Z" };
    default:
      return undefined;
  }
}

/** Lets everything happen that waits for nothing but the stub, and then lets time pass. */
export async function settle(milliseconds = 0): Promise<void> {
  for (const time of [0, milliseconds, 0, 0]) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(time);
    });
  }
}

export type Name = string | RegExp;

/** Clicks a button, a link or another control, inside an element or anywhere. */
export async function click(name: Name, where: HTMLElement = document.body, role = "button"): Promise<void> {
  fireEvent.click(within(where).getByRole(role, { name }));
  await settle();
  if (role !== "link") return;
  // happy-dom waits for a timer first.
  dispatchEvent(new Event("hashchange"));
  await settle();
}

/** The control with this label, which may have a hint behind it. */
export function field<Control extends HTMLElement = HTMLInputElement>(
  label: string,
  where: HTMLElement = document.body,
): Control {
  return within(where).getByLabelText<Control>(new RegExp(`^${label}`));
}

export function hasField(label: string, where: HTMLElement = document.body): boolean {
  return within(where).queryByLabelText(new RegExp(`^${label}`)) !== null;
}

export async function fill(label: string, value: string, where?: HTMLElement): Promise<void> {
  fireEvent.input(field(label, where), { target: { value } });
  await settle();
}

/** Sets or clears a checkbox. */
export async function check(label: string, where?: HTMLElement): Promise<void> {
  fireEvent.click(field(label, where));
  await settle();
}

/** Chooses the option with this text. */
export async function choose(label: string, text: Name, where?: HTMLElement): Promise<void> {
  const select = field<HTMLSelectElement>(label, where);
  const { value } = within(select).getByRole<HTMLOptionElement>("option", { name: text });
  fireEvent.change(select, { target: { value } });
  await settle();
}

/** The texts of the options of a list. */
export function optionsOf(label: string, where?: HTMLElement): string[] {
  return [...field<HTMLSelectElement>(label, where).options].map(({ text }) => text);
}

/** Whether there is a button with this name. */
export function hasButton(name: Name, where: HTMLElement = document.body): boolean {
  return within(where).queryByRole("button", { name }) !== null;
}

/** What screen readers were told last. */
export function announced(): string | null {
  return screen.getAllByRole("status").at(-1)?.textContent ?? null;
}

/** The errors that are shown. */
export function alerts(): string[] {
  const texts = screen.queryAllByRole("alert").map(({ textContent }) => textContent ?? "");
  return texts.filter((text) => text !== "");
}

/** The dialog that is open. */
export const dialog = (): HTMLElement => screen.getByRole("dialog");
export const isDialogOpen = (): boolean => screen.queryByRole("dialog") !== null;

export function infoOf(changes: Partial<EmulatorInfo> = {}): EmulatorInfo {
  return {
    time: "",
    wallTime: "",
    frozen: false,
    skewInMs: 0,
    endpoint: "http://127.0.0.1:7311/",
    connectionString: `endpoint=http://127.0.0.1:7311/;accesskey=${accessKey("first")}`,
    secondaryConnectionString: `endpoint=http://127.0.0.1:7311/;accesskey=${accessKey("second")}`,
    resourceId: "00ac5000-1de4-4717-8000-000000000001",
    entra: {
      authorityHost: "https://localhost:7311",
      tenantId: "tenant",
      clientId: "client",
      clientSecret: "not a secret",
    },
    strictness: "standard",
    users: 0,
    version: "1.2.3",
    revocationDelayInMs: 0,
    faults: 0,
    startId: "first",
    resets: 0,
    revision: 1,
    stateRevision: 1,
    requests: 0,
    requestsCleared: 0,
    ...changes,
  };
}

type Loose<Value> = { readonly [Name in keyof Value]?: Value[Name] | undefined };

export function userOf(changes: Loose<ListedUser> = {}): ListedUser {
  const tokens = changes.tokens ?? [];
  return {
    number: 1,
    id: "8:acs:resource_alice-00a11ce",
    createdAt: "2030-01-02T09:00:00Z",
    lastTokenIssuedAt: undefined,
    tokenCount: tokens.length,
    ...changes,
    tokens,
  } as ListedUser;
}

/** A token that has 30 minutes left of an hour, unless it is changed. */
export function tokenOf(changes: Partial<ListedToken> = {}): ListedToken {
  return {
    number: 7,
    userId: "8:acs:resource_alice-00a11ce",
    scopes: ["voip"],
    issuedAt: "2030-01-02T09:30:00Z",
    expiresOn: "2030-01-02T10:30:00Z",
    revokedAt: undefined,
    ...changes,
  };
}

export function requestOf(changes: Loose<ListedRequest> = {}): ListedRequest {
  return {
    number: 1,
    time: "2030-01-02T09:59:00Z",
    durationInMs: 2.4,
    method: "POST",
    target: "/identities?api-version=2023-10-01",
    operation: "createUser",
    status: 201,
    headers: { host: location.host },
    ...changes,
  } as ListedRequest;
}

export function directoryOf(changes: Partial<EntraDirectory> = {}): EntraDirectory {
  return {
    ...infoOf().entra,
    environment: [],
    managedIdentity: {},
    permissions: ["calls", "chats"],
    applications: [],
    users: [],
    groups: [],
    tenants: [],
    teamsAssignments: [],
    entraAssignments: [],
    ...changes,
  };
}
