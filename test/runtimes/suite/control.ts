/** How the next requests fail before they reach the emulator. */
export interface Fault {
  /** How many requests. Default: 1. */
  readonly times?: number;
  readonly delayInMs?: number;
  /** Ends the connection without an answer. */
  readonly drop?: boolean;
  /** Answers with this status instead of the emulator. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Characters in the body. */
  readonly bodyLength?: number;
}

/** A request as it came in. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Commands for the service that the suite talks to. */
export interface Control {
  /** Forgets faults, requests and the clock's skew. */
  reset(): Promise<void>;
  fail(fault: Fault): Promise<void>;
  requests(): Promise<readonly SeenRequest[]>;
  /** Sets the service's clock ahead. */
  skew(by: { readonly minutes: number }): Promise<void>;
  teamsToken(user: { readonly appId: string; readonly userId: string }): Promise<string>;
  entraToken(): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;
}

/** Sends the commands with fetch, which every runtime has. */
export function createControl(endpoint: string): Control {
  function command<Name extends keyof Control>(name: Name): Control[Name] {
    const send = async (argument: unknown = {}): Promise<unknown> => {
      const url = new URL(`/_suite/${name}`, endpoint);
      const response = await fetch(url, { method: "POST", body: JSON.stringify(argument) });
      if (!response.ok) throw new Error(`The command ${name} failed: ${await response.text()}`);
      return response.json();
    };
    return send as Control[Name];
  }

  return {
    reset: command("reset"),
    fail: command("fail"),
    requests: command("requests"),
    skew: command("skew"),
    teamsToken: command("teamsToken"),
    entraToken: command("entraToken"),
  };
}
