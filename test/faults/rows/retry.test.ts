import { signatureFault } from "../../helpers/wireSignature.js";
import { accessKey } from "../canaries.js";
import { testRows } from "../row.js";
import type { Reply } from "../servers/faultServer.js";
import { failure, okEmpty, okToken, user } from "../servers/identityReplies.js";
import { answer, reset } from "../servers/replies.js";
import { getToken } from "./calls.js";

testRows([
  {
    id: "T31",
    injection: "503 with Retry-After: 1, three times",
    bar: "waits a second each time, and re-signs each attempt with a fresh date",
    async run(lab) {
      const busy = failure(503, { "Retry-After": "1" });
      const server = await lab.server([busy, busy, busy, okToken()]);
      await lab.call(getToken(lab.client(server)), 6_000);
      const dates = server.requests.map(({ headers }) => headers.get("x-ms-date"));
      lab.note(`${new Set(dates).size} dates in ${dates.length} attempts`);
      lab.must("4 attempts", dates.length === 4);
      lab.must("a fresh date each", new Set(dates).size === 4);
      const faults = server.requests.flatMap((request) => signatureFault(request, accessKey) ?? []);
      lab.must(`signatures hold (${faults[0]})`, faults.length === 0);
    },
  },
  {
    id: "T61",
    injection: "an idle connection that the server closes when the next request arrives",
    bar: "recovers",
    async run(lab) {
      const close: Reply = ({ socket }) => void socket.destroy();
      for (const reply of [reset, close]) {
        const server = await lab.server([okToken(), reply, okToken()]);
        const client = lab.client(server);
        await lab.call(getToken(client));
        const { kind } = await lab.call(getToken(client));
        lab.must("recovers", kind === "value" && server.requests.length === 3);
      }
      const server = await lab.server([
        answer({ status: 204, headers: { "Content-Length": "", Connection: "close" } }),
        okEmpty,
      ]);
      const client = lab.client(server);
      for (let call = 0; call < 2; call++) {
        const { kind } = await lab.call(() => client.deleteUser(user));
        lab.must("Connection: close is no fault", kind === "value");
      }
    },
  },
]);
