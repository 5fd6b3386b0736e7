import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Emulator, startEmulator } from "../../../../src/emulator/index.js";
import { type HttpReply, send } from "../../../helpers/emulator/http.js";

export interface AdminBench {
  /** While a test runs. */
  readonly emulator: Emulator;
  /** Sends a request to a path of the admin API, such as `/users`. */
  admin(method: string, path: string, body?: unknown): Promise<HttpReply>;
}

/** Starts one emulator for the tests of a file, and resets it before each. */
export function useEmulator(): AdminBench {
  let started: Emulator | undefined;
  const running = () => {
    if (!started) throw new Error("No test runs");
    return started;
  };
  beforeAll(async () => {
    started = await startEmulator();
  });
  beforeEach(() => running().service.reset());
  afterAll(() => running().close());
  return {
    get emulator() {
      return running();
    },
    admin: (method, path, body) =>
      send(running().url, method, `/_emulator${path}`, body === undefined ? {} : { body }),
  };
}
