import { testRows } from "../row.js";
import { okToken } from "../servers/identityReplies.js";
import { silence } from "../servers/replies.js";
import { getToken } from "./calls.js";

testRows([
  {
    id: "X33",
    injection: "signals whose methods throw, or that abort while a listener is added",
    bar: "settles, and leaves no timer and no unhandled error",
    async run(lab) {
      const fail = (): never => {
        throw new Error("a broken signal");
      };
      const quiet = (): void => {};
      const signals: readonly object[] = [
        { aborted: false, addEventListener: fail, removeEventListener: quiet },
        { aborted: false, addEventListener: quiet, removeEventListener: fail },
        {
          aborted: false,
          addEventListener: (_type: string, listener: (event: object) => void) => listener({ type: "abort" }),
          removeEventListener: quiet,
        },
        {
          aborted: false,
          addEventListener(this: { aborted: boolean }, _type: string, listener: (event: object) => void) {
            this.aborted = true;
            listener({ type: "abort" });
          },
          removeEventListener: fail,
        },
      ];
      for (const reply of [okToken(), silence]) {
        for (const abortSignal of signals) {
          const server = await lab.server(reply);
          const options = { abortSignal, requestOptions: { timeout: 100 } };
          const client = lab.client(server, { retryOptions: { maxRetries: 1, retryDelayInMs: 1 } });
          const { kind } = await lab.call(getToken(client, options), 2_000);
          lab.must("ends", kind !== "pending");
        }
      }
    },
  },
]);
