// TLS handshakes that fail, and proxies.

import { startRawServer } from "../../helpers/transport/servers.js";
import { exportOf } from "../../load/trust/secrets/prints.js";
import { messageOf } from "../outcome.js";
import { testRows } from "../row.js";
import { serverIdentity } from "../servers/certificates.js";
import { okToken } from "../servers/identityReplies.js";
import { reset } from "../servers/replies.js";
import { getToken } from "./calls.js";

testRows([
  {
    id: "X13",
    injection:
      "plain HTTP on the TLS port, junk instead of a handshake, a reset in the handshake, or TLS on an http port",
    bar: "rejects in time with an error that shows the code, and retries after a reset",
    async run(lab) {
      const text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
      for (const [name, bytes] of [
        ["plain HTTP", Buffer.from(text)],
        ["junk", Buffer.alloc(300, 0xa5)],
      ] as const) {
        const port = await startRawServer((socket) => void socket.end(bytes));
        const { kind, error } = await lab.call(getToken(lab.client(`https://127.0.0.1:${port}`)), 3_000);
        lab.must(`${name}: an error`, kind === "error");
        lab.must(`${name}: a code`, /EPROTO|ERR_SSL|ECONNRESET/.test(exportOf(error)));
      }
      let connections = 0;
      const cut = await startRawServer((socket) => {
        connections++;
        socket.resetAndDestroy();
      });
      const { kind } = await lab.call(getToken(lab.client(`https://127.0.0.1:${cut}`)), 3_000);
      lab.must("cut: an error", kind === "error");
      lab.must(`cut: 4 attempts (${connections})`, connections === 4);
      const secure = await lab.server(okToken(), { tls: serverIdentity("trusted") });
      const plain = await lab.call(getToken(lab.client(secure.url.replace("https", "http"))), 3_000);
      lab.must("http to TLS: an error", plain.kind === "error" && messageOf(plain.error).length < 1_024);
      const lost = await lab.server([reset, okToken()], { tls: serverIdentity("trusted") });
      const recovered = await lab.call(getToken(lab.client(lost)));
      lab.must("recovers from a reset under TLS", recovered.kind === "value");
    },
  },
]);
