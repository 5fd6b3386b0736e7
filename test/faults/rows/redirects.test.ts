// Group I, part 1: redirects, and ways to bypass https.
import { signatureFault } from "../../helpers/wireSignature.js";
import { accessKey, tokens } from "../canaries.js";
import type { Lab } from "../lab.js";
import { errorName } from "../outcome.js";
import { testRows } from "../row.js";
import { okToken, okUser, user } from "../servers/identityReplies.js";
import { answer } from "../servers/replies.js";
import type { IdentityClient, Subject } from "../subjects.js";
import { getToken } from "./calls.js";

const statuses = [300, 301, 302, 303, 307, 308];
const exchange = { teamsUserAadToken: tokens.teams, clientId: "app", userObjectId: "user" };

const everyCall: readonly ((client: IdentityClient) => Promise<unknown>)[] = [
  (client) => client.getTokenForTeamsUser(exchange),
  (client) => client.deleteUser(user),
];

async function judgeOtherOrigin(lab: Lab, transport: string, subject: Subject): Promise<void> {
  for (const status of statuses) {
    const evil = await lab.server(okToken());
    for (const call of everyCall) {
      const server = await lab.server(answer({ status, headers: { Location: `${evil.url}/x` } }));
      const { kind } = await lab.call(() => call(lab.client(server, {}, subject)));
      lab.must(`${transport} ${status}: an error`, kind === "error");
    }
    lab.must(`${transport} ${status}: not followed`, evil.requests.length === 0);
  }
}

testRows([
  {
    id: "T96",
    injection: "redirects with 300, 301, 302, 303, 307, and 308 to the same origin",
    bar: "doesn't follow, or follows once with a valid signature",
    async run(lab) {
      for (const status of statuses) {
        const server = await lab.server([
          answer({ status, headers: { Location: "/elsewhere?a=b" } }),
          okToken(),
        ]);
        const { kind } = await lab.call(getToken(lab.client(server)));
        const [, second] = server.requests;
        lab.must(`${status}: an error when not followed`, second !== undefined || kind === "error");
        const fault = second && signatureFault(second, accessKey);
        lab.must(`${status}: signature holds (${fault})`, fault === undefined);
        lab.must(`${status}: at most once`, server.requests.length <= 2);
      }
    },
  },
  {
    id: "T97",
    injection: "redirects with 300 to 308 to another origin, on Node and on fetch",
    bar: "never follows, so no header or body leaks",
    async run(lab) {
      await judgeOtherOrigin(lab, "Node", lab.subject);
      await lab.inBrowserBuild((browser) => judgeOtherOrigin(lab, "fetch", browser));
    },
  },
  {
    id: "T98",
    injection: "a redirect to its own URL",
    bar: "sends at most one more request",
    async run(lab) {
      for (const status of [302, 307]) {
        const loop = await lab.server((each) =>
          answer({ status, headers: { Location: each.request.target } })(each),
        );
        const { kind } = await lab.call(getToken(lab.client(loop)));
        lab.must("an error", kind === "error");
        lab.must(`one more at most (${loop.requests.length} requests)`, loop.requests.length <= 2);
      }
    },
  },
  {
    id: "X11",
    injection: "a Location that is empty, isn't a URL, or has javascript:, //other, or a user name",
    bar: "rejects and sends nothing elsewhere",
    async run(lab) {
      const evil = await lab.server(okUser());
      const other = evil.url.replace("http:", "");
      const withName = evil.url.replace("//", "//name:word@");
      for (const location of [
        "http://[",
        "",
        "javascript:alert(1)",
        other,
        withName,
        `${other}\\@`,
        "file:///etc/passwd",
      ]) {
        const server = await lab.server(answer({ status: 307, headers: { Location: location } }));
        const { kind, error } = await lab.call(getToken(lab.client(server)));
        lab.must(`an error for '${location.slice(0, 12)}'`, kind === "error");
        // A TypeError would blame the caller.
        lab.should(`no TypeError for '${location.slice(0, 12)}'`, errorName(error) !== "TypeError");
      }
      lab.must("nothing elsewhere", evil.requests.length === 0);
    },
  },
]);
