import { signatureFault } from "../../helpers/wireSignature.js";
import { accessKey } from "../canaries.js";
import { testRows } from "../row.js";
import { ProcessClock } from "../servers/clock.js";
import { failure, okEmpty, okToken, okUserAndToken, user } from "../servers/identityReplies.js";
import { getToken } from "./calls.js";

testRows([
  {
    id: "T30",
    injection: "a query with %20 ~ %2A : ( ) * $ ; and a bare name",
    bar: "signs exactly what it sends",
    async run(lab) {
      const query = "x=%20~%2A:()*$;/&bare&a=1+2'";
      const append = {
        name: "appendQuery",
        async sendRequest(request: { url: string }, next: (request: unknown) => Promise<unknown>) {
          if (!request.url.includes(query)) request.url += `&${query}`;
          return next(request);
        },
      };
      for (const options of [
        { apiVersion: "2023-10-01 ~*:()$;" },
        { additionalPolicies: [{ policy: append, position: "perCall" }] },
      ]) {
        const server = await lab.server(okToken());
        await lab.call(getToken(lab.client(server, options)));
        const [request] = server.requests;
        const fault = request ? signatureFault(request, accessKey) : "nothing sent";
        lab.must(`signature holds (${fault})`, fault === undefined);
      }
    },
  },
  {
    id: "T31",
    injection: "503 with Retry-After: 1, three times",
    bar: "re-signs each attempt with a fresh date",
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
    id: "T32",
    injection: "20 minutes between two attempts",
    bar: "signs the second attempt with its own time",
    async run(lab) {
      const clock = new ProcessClock();
      const faults: (string | undefined)[] = [];
      const server = await lab.server([
        (exchange) => {
          clock.move(20 * 60_000);
          failure(500)(exchange);
        },
        (exchange) => {
          faults.push(signatureFault(exchange.request, accessKey));
          okToken()(exchange);
        },
      ]);
      await lab.call(getToken(lab.client(server)));
      lab.must("2 attempts", server.requests.length === 2);
      lab.must(`the second would be accepted (${faults[0]})`, faults[0] === undefined);
    },
  },
  {
    id: "T36",
    injection: "a body with non-ASCII characters",
    bar: "hashes the bytes on the wire",
    async run(lab) {
      const server = await lab.server([okUserAndToken(), okToken(), okToken(), okEmpty]);
      const client = lab.client(server);
      await lab.call(() => client.createUserAndToken(["chät", "日本", "😀", "\u2028"]));
      await lab.call(() => client.getToken(user, ["\ud83d", "é"]));
      await lab.call(() =>
        client.getTokenForTeamsUser({ teamsUserAadToken: "ü", clientId: "ß", userObjectId: "\u0000" }),
      );
      const faults = server.requests.map((request) => signatureFault(request, accessKey));
      lab.must("3 requests", faults.length === 3);
      lab.must(
        `signatures hold (${faults.find(Boolean)})`,
        faults.every((fault) => fault === undefined),
      );
    },
  },
]);
