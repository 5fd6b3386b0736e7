// Group A, part 1: what a connection string may look like.
import { accessKey } from "../canaries.js";
import type { Lab } from "../lab.js";
import { errorName, messageOf } from "../outcome.js";
import { testRows } from "../row.js";
import { okUser } from "../servers/identityReplies.js";
import { signatureFault } from "../servers/signatureCheck.js";
import type { Subject } from "../subjects.js";

/** Returns whether clients with these strings work and sign with exactly this key. */
async function works(
  lab: Lab,
  strings: readonly ((url: string) => string)[],
  key: string = accessKey,
  subject: Subject = lab.subject,
): Promise<boolean> {
  let all = true;
  for (const connectionString of strings) {
    const server = await lab.server(okUser());
    const { kind } = await lab.call(async () => {
      const client = subject.construct([connectionString(server.url), lab.options({}, subject)]);
      return client.createUser();
    });
    const [request] = server.requests;
    const fault = request ? signatureFault(request, key) : "nothing sent";
    if (fault) lab.note(`[${fault}]`);
    all &&= kind === "value" && fault === undefined;
  }
  return all;
}

/** Checks that construction with each of these arguments throws an error with a short message that matches. */
async function refused(
  lab: Lab,
  argumentLists: readonly (readonly unknown[])[],
  message: RegExp,
): Promise<void> {
  for (const args of argumentLists) {
    const { kind, error } = await lab.construct(...args);
    lab.must("refused at construction", kind === "error");
    if (kind !== "error") continue;
    lab.must(`message ${message}`, message.test(messageOf(error)));
    lab.must("message below 1 KB", messageOf(error).length < 1_024);
  }
}

const https = "https://contoso.communication.azure.com/";

testRows([
  {
    id: "T1",
    injection: "a connection string from the Azure portal",
    bar: "constructs a client",
    async run(lab) {
      const ok = await works(lab, [
        (url) => `endpoint=${url}/;accesskey=${accessKey}`,
        (url) => `Endpoint=${url};AccessKey=${accessKey}`,
      ]);
      lab.must("accepted and signed", ok);
    },
  },
  {
    id: "T2",
    injection: "a trailing ; or newline, or quotes around the whole string",
    bar: "accepts the string with the exact key, in a browser too",
    async run(lab) {
      const strings = [
        (url: string): string => `endpoint=${url}/;accesskey=${accessKey};`,
        (url: string): string => `endpoint=${url}/;accesskey=${accessKey}\n`,
        (url: string): string => `"endpoint=${url}/;accesskey=${accessKey}"`,
      ];
      lab.must("accepted and signed", await works(lab, strings));
      await lab.inBrowserBuild(async (browser) => {
        lab.should("accepted and signed in a browser", await works(lab, strings, accessKey, browser));
      });
    },
  },
  {
    id: "T3",
    injection: "accesskey before endpoint",
    bar: "constructs a client",
    async run(lab) {
      lab.must("accepted and signed", await works(lab, [(url) => `accesskey=${accessKey};endpoint=${url}/`]));
    },
  },
  {
    id: "T4",
    injection: "spaces around ; and =",
    bar: "constructs a client",
    async run(lab) {
      const strings = [
        (url: string): string => `endpoint=${url}/ ; accesskey=${accessKey}`,
        (url: string): string => ` endpoint = ${url}/; accesskey = ${accessKey} `,
      ];
      lab.must("accepted and signed", await works(lab, strings));
    },
  },
  {
    id: "T5",
    injection: "an unknown part after a key without padding",
    bar: "ignores the part and signs with the exact key",
    async run(lab) {
      const key = Buffer.alloc(63, "canary key of 63 bytes").toString("base64");
      lab.needles.set(key.slice(0, 20), "access key");
      const ok = await works(lab, [(url) => `endpoint=${url}/;accesskey=${key};foo=bar`], key);
      lab.must("accepted and signed", ok);
    },
  },
  {
    id: "T6",
    injection: "a part that occurs twice",
    bar: "throws an error that names the part but holds no value",
    async run(lab) {
      await refused(
        lab,
        [
          [`endpoint=${https};accesskey=${accessKey};accesskey=${accessKey}`],
          [`endpoint=${https};accesskey=${accessKey};AccessKey=x`],
          [`endpoint=${https};endpoint=https://other.example/;accesskey=${accessKey}`],
        ],
        /accesskey|endpoint/i,
      );
    },
  },
  {
    id: "T7",
    injection: "no key, an empty key, no endpoint, or an empty string",
    bar: "throws an error that names what is missing",
    async run(lab) {
      await refused(lab, [[`endpoint=${https}`], [`endpoint=${https};accesskey=`]], /'accesskey'/i);
      await refused(lab, [[`accesskey=${accessKey}`], [`endpoint=;accesskey=${accessKey}`]], /'endpoint'/i);
      await refused(lab, [[""], [" ; "]], /missing|empty/i);
    },
  },
  {
    id: "T8",
    injection: "a key that isn't base64",
    bar: "throws at construction without echoing the key",
    async run(lab) {
      const damaged = `${accessKey.slice(0, 40)}!${accessKey.slice(40)}`;
      await refused(
        lab,
        [
          [`endpoint=${https};accesskey=${damaged}`],
          [`endpoint=${https};accesskey=!!!!`],
          [https, lab.subject.keyCredential(damaged)],
        ],
        /base64/i,
      );
    },
  },
  {
    id: "T9",
    injection: "a connection string together with a credential",
    bar: "throws an error that says so without echoing the key",
    async run(lab) {
      const connectionString = `endpoint=${https};accesskey=${accessKey}`;
      await refused(
        lab,
        [
          [connectionString, lab.subject.keyCredential(accessKey)],
          [connectionString, { getToken: async () => null }],
        ],
        /endpoint|connection string/i,
      );
    },
  },
  {
    id: "T10",
    injection: "undefined, null, a number, or an object as the connection string",
    bar: "throws a TypeError that says what to pass",
    async run(lab) {
      for (const value of [undefined, null, 5, {}]) {
        await refused(lab, [[value]], /connection string|endpoint/i);
        const { error } = await lab.construct(value);
        lab.must("a TypeError", errorName(error) === "TypeError");
      }
    },
  },
  {
    id: "T11",
    injection: "hostile connection strings of a megabyte",
    bar: "throws in linear time, with a message below 1 KB",
    async run(lab) {
      // The first construction is slower, because its code isn't compiled yet.
      await refused(lab, [["endpoint"]], /./);
      for (const text of [
        "endpoint=",
        ";",
        "accesskey=;",
        "endpoint=https://",
        " ",
        "endpoint=a;accesskey=b",
      ]) {
        // A client that is too slow for the shorter text would take minutes for a megabyte.
        for (const length of [50_000, 1_000_000]) {
          const hostile = text.repeat(Math.ceil(length / text.length));
          const before = process.cpuUsage();
          await lab.construct(hostile);
          const { user, system } = process.cpuUsage(before);
          await refused(lab, [[hostile]], /./);
          const ms = Math.round((user + system) / 1_000);
          // Linear time is a few milliseconds, quadratic time is minutes for a megabyte.
          const isLinear = ms < length / 100;
          lab.must(`${ms} ms for ${length} characters of ${text}`, isLinear);
          if (!isLinear) break;
        }
      }
    },
  },
]);
