import { signatureFault } from "../../helpers/wireSignature.js";
import { accessKey } from "../canaries.js";
import { testRows } from "../row.js";
import { failure, okToken } from "../servers/identityReplies.js";
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
]);
