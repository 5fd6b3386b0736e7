/** How the next requests fail before they reach the emulator. */
export interface Fault {
  /** How many requests. Default: 1. */
  readonly times?: number;
  readonly delayInMs?: number;
  /** Ends the connection without an answer. */
  readonly drop?: boolean;
  /** Answers with this instead of the emulator. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Characters of the body. */
  readonly bodyLength?: number;
}

/** A request as it came in. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface TeamsUser {
  readonly appId: string;
  readonly userId: string;
}

/** Commands for the service of the suite. */
export interface Control {
  /** Forgets faults, requests and the clock's skew. */
  reset(): Promise<void>;
  fail(fault: Fault): Promise<void>;
  requests(): Promise<readonly SeenRequest[]>;
  /** Sets the service's clock ahead. */
  skew(minutes: number): Promise<void>;
  teamsToken(user: TeamsUser): Promise<string>;
  entraToken(): Promise<{ token: string; expiresOnTimestamp: number }>;
}

/** Over plain fetch, which every runtime has. */
export function createControl(endpoint: string): Control {
  async function send(command: string, body: unknown = {}): Promise<unknown> {
    const response = await fetch(new URL(`/_suite/${command}`, endpoint), {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The command ${command} failed: ${await response.text()}`);
    return response.json();
  }

  return {
    reset: () => send("reset").then(() => {}),
    fail: (fault) => send("fail", fault).then(() => {}),
    requests: () => send("requests") as Promise<SeenRequest[]>,
    skew: (minutes) => send("skew", { minutes }).then(() => {}),
    teamsToken: (user) => send("teamsToken", user) as Promise<string>,
    entraToken: () => send("entraToken") as ReturnType<Control["entraToken"]>,
  };
}
