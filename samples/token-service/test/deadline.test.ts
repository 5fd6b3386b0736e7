import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { type Running, start } from "./inProcess.js";

let service: Running;
let collections: ReturnType<typeof setInterval>;
afterEach(async () => {
  clearInterval(collections);
  await service.stop();
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("a caller", () => {
  it.each(["createUser", "getToken"] as const)(
    "doesn't wait for a hanging ACS (%s), even if all garbage is collected meanwhile",
    async (operation) => {
      service = await start();
      const alice = await service.signIn("alice");
      if (operation === "getToken") await service.call("POST", "/token", alice);
      service.emulator.service.failNext({ operation, delayInMs: 3_600_000 });
      const reply = service.call("POST", "/token", alice);
      collections = setInterval(collectGarbage, 200);
      const { body, headers } = await reply;
      expect(body).toMatchObject({ status: 503, code: "unavailable" });
      expect(headers.get("Retry-After")).toBe("5");
    },
  );
});
