// Repeats in Chromium itself what depends on a browser's fetch.
import { gzipSync } from "node:zlib";
import { hasChromium } from "../../helpers/browser/chromium.js";
import { testRows } from "../row.js";
import { callsOf, crossOrigin } from "../servers/crossOrigin.js";
import { okToken, tokenBody } from "../servers/identityReplies.js";
import { answer, reset, silence, stall, trickle, truncate } from "../servers/replies.js";
import { withPage } from "./chromiumPage.js";

const json = { "Content-Type": "application/json" };
const limit = { options: { requestOptions: { timeout: 200 } } };

testRows(
  [
    {
      id: "X18",
      injection: "a reset or a truncated body in Chromium, once or on every attempt",
      bar: "recovers, or finally rejects without a byte of the body",
      reportLimitMs: 60_000,
      run: (lab) =>
        withPage(lab, async (call) => {
          for (const [name, fault] of [
            ["reset", reset],
            ["cut body", truncate(200, tokenBody(), 20)],
          ] as const) {
            const once = await lab.server(crossOrigin(fault, okToken()));
            lab.must(`recovers from a ${name}`, (await call(once, {})).kind === "value");
            const forEver = await lab.server(crossOrigin(fault));
            const { kind, name: error } = await call(forEver, {});
            lab.must(`${name} for ever is a RestError (${kind} ${error})`, error === "RestError");
            // Chromium itself resends a request once if it had reused the connection.
            lab.must(`${name}: 4 attempts or more (${callsOf(forEver)})`, callsOf(forEver) >= 4);
          }
        }),
    },
    {
      id: "X20",
      injection:
        "no head, a stalled body, or a trickled body in Chromium, and a timeout of 200 ms or an abort",
      bar: "rejects with a TimeoutError or an AbortError",
      reportLimitMs: 60_000,
      run: (lab) =>
        withPage(lab, async (call) => {
          for (const [phase, reply] of [
            ["head", silence],
            ["stall", stall(tokenBody(), 9)],
            ["trickle", trickle(tokenBody(), 50)],
          ] as const) {
            const late = await call(await lab.server(crossOrigin(reply)), limit);
            lab.must(`${phase}: TimeoutError (${late.name})`, late.name === "TimeoutError");
            lab.must(`${phase}: not before 200 ms (${late.ms})`, late.ms >= 190);
            const aborted = await call(await lab.server(crossOrigin(reply)), { abortAfterMs: 150 });
            lab.must(`${phase}: AbortError (${aborted.name})`, aborted.name === "AbortError");
          }
        }),
    },
    {
      id: "X21",
      injection: "64 MB in a gzip body, or HTML with status 200, in Chromium",
      bar: "rejects with a short error, and the page survives",
      reportLimitMs: 60_000,
      run: (lab) =>
        withPage(lab, async (call) => {
          const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, " "));
          const headers = { ...json, "Content-Encoding": "gzip" };
          for (const reply of [
            answer({ headers, body: bomb }),
            answer({ headers: { "Content-Type": "text/html" }, body: "<html>CANARYBODY" }),
          ]) {
            lab.needles.set("CANARYBODY", "body");
            const { kind, message } = await call(await lab.server(crossOrigin(reply)), {});
            lab.must("an error", kind === "error");
            lab.must("message of 1 to 1 000 characters", message.length > 0 && message.length <= 1_000);
          }
          lab.must(
            "works afterwards",
            (await call(await lab.server(crossOrigin(okToken())), {})).kind === "value",
          );
        }),
    },
  ],
  { skip: !hasChromium() },
);
