// Group B: user ids that could change the path or aren't valid.
import { accessKey } from "../canaries.js";
import type { Lab } from "../lab.js";
import { errorName } from "../outcome.js";
import { type Row, testRows } from "../row.js";
import { okEmpty, okToken, userId } from "../servers/identityReplies.js";
import { signatureFault } from "../servers/signatureCheck.js";

/** Checks that deleteUser, revokeTokens and getToken reject a user before anything is sent. */
async function refusedUser(lab: Lab, user: unknown, names: readonly string[]): Promise<void> {
  const server = await lab.server(okEmpty);
  const client = lab.client(server);
  for (const method of ["deleteUser", "revokeTokens", "getToken"] as const) {
    let isPromise = false;
    const { kind, error } = await lab.call(() => {
      const promise = method === "getToken" ? client.getToken(user, ["chat"]) : client[method](user);
      isPromise = promise instanceof Promise;
      return promise;
    });
    lab.must(`${method} refuses`, kind === "error");
    lab.must("a rejection, not a throw", isPromise);
    lab.should(`${names.join(" or ")}, not ${errorName(error)}`, names.includes(errorName(error)));
    lab.should("a message of its own", !/Cannot read prop|malformed/.test(String(error)));
  }
  const [sent] = server.requests;
  lab.must(`nothing sent (${sent?.method} ${sent?.target.split("?")[0]})`, sent === undefined);
}

/** Checks that each id is sent as one encoded path segment with a valid signature. */
async function oneSegment(lab: Lab, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const server = await lab.server([okEmpty, okEmpty, okToken()]);
    const client = lab.client(server);
    await lab.call(() => client.deleteUser({ communicationUserId: id }));
    await lab.call(() => client.revokeTokens({ communicationUserId: id }));
    await lab.call(() => client.getToken({ communicationUserId: id }, ["chat"]));
    const paths = server.requests.map(({ target }) => target.split("?")[0]);
    const segment = encodeURIComponent(id);
    const wanted = ["", "/:revokeAccessTokens", "/:issueAccessToken"].map(
      (end) => `/identities/${segment}${end}`,
    );
    lab.must(`path for ${JSON.stringify(id).slice(0, 20)}`, paths.join() === wanted.join());
    const faults = server.requests.flatMap((request) => signatureFault(request, accessKey) ?? []);
    lab.must(`signature holds (${faults[0]})`, faults.length === 0);
  }
}

testRows([
  ...[
    { id: "T20", text: ".." },
    { id: "T21", text: "." },
    { id: "T22", text: "" },
  ].map(
    ({ id, text }): Row => ({
      id,
      injection: `the user id '${text}'`,
      bar: "rejects with a TypeError or RangeError and sends nothing",
      run: (lab) => refusedUser(lab, { communicationUserId: text }, ["TypeError", "RangeError"]),
    }),
  ),
  {
    id: "T23",
    injection: "a/b, a?b, a#b, %2f, %2e%2e, ../x, or ..%2f as the user id",
    bar: "sends one encoded segment with a valid signature",
    run: (lab) =>
      oneSegment(lab, ["a/b", "a?b", "a#b", "%2f", "%2e%2e", "../x", "..%2f..", "a\\b", "...", "{endpoint}"]),
  },
  {
    id: "T24",
    injection: "CR LF, NUL, or Unicode in the user id",
    bar: "sends one encoded segment with a valid signature",
    run: (lab) => oneSegment(lab, ["a\r\nX-Injected: 1", "a\0b", "ü", "日本", "😀", " a ", "a\tb"]),
  },
  {
    id: "T25",
    injection: "a lone surrogate in the user id",
    bar: "rejects with a TypeError that says so",
    run: (lab) => refusedUser(lab, { communicationUserId: "8:acs:\ud800" }, ["TypeError"]),
  },
  {
    id: "T26",
    injection: "no user, null, a number, an object, an array, or a bare string",
    bar: "rejects with a TypeError that says what to pass",
    async run(lab) {
      const ids = [undefined, null, 5, {}, ["8:acs:x"]];
      for (const user of [
        undefined,
        null,
        userId,
        {},
        ...ids.map((communicationUserId) => ({ communicationUserId })),
      ]) {
        await refusedUser(lab, user, ["TypeError"]);
      }
    },
  },
  {
    id: "T27",
    injection: "a real id, 8:acs:<guid>_<guid>",
    bar: "sends one segment with %3A and a valid signature",
    run: (lab) => oneSegment(lab, [userId]),
  },
]);
