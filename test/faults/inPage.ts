// Runs in a page: one call of a client, and what came of it, as plain data.

export interface PageCall {
  readonly connectionString: string;
  readonly clientOptions: object;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Options of the call; it always has the last place. */
  readonly options: object;
  readonly abortAfterMs?: number;
}

export interface PageOutcome {
  readonly kind: "value" | "error" | "pending";
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly ms: number;
  /** Everything that a page could print of the error. */
  readonly printed: string;
}

const longestCallMs = 6_000;

type Constructor = new (connectionString: string, options: object) => object;

export async function callInPageWith(Client: Constructor, call: PageCall): Promise<PageOutcome> {
  const start = performance.now();
  const outcome = (kind: PageOutcome["kind"], error?: unknown): PageOutcome => {
    const { name = "", message = "", code = "", stack = "" } = Object(error ?? {});
    return {
      kind,
      name: String(name),
      message: String(message).slice(0, 5_000),
      code: String(code),
      ms: Math.round(performance.now() - start),
      printed: `${message} ${stack} ${toJson(error)}`.slice(0, 50_000),
    };
  };
  const controller = new AbortController();
  if (call.abortAfterMs !== undefined) setTimeout(() => controller.abort(), call.abortAfterMs);
  const client = new Client(call.connectionString, call.clientOptions);
  const options = { ...call.options, abortSignal: controller.signal };
  const made = Promise.resolve(
    Reflect.apply(Reflect.get(client, call.method), client, [...call.args, options]),
  );
  return Promise.race([
    made.then(
      () => outcome("value"),
      (error: unknown) => outcome("error", error),
    ),
    new Promise<PageOutcome>((resolve) => setTimeout(() => resolve(outcome("pending")), longestCallMs)),
  ]);
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
