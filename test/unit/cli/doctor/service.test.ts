import { createServer } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { statusRemedies } from "../../../../src/cli/doctor/remedies.js";
import { CommunicationIdentityClient } from "../../../../src/index.js";
import { withMarks } from "../../../helpers/cli/command.js";
import {
  azureLikeKey,
  call,
  itFindsWhatIsWrong,
  otherKey,
  reportOf,
  type Situation,
  serviceThatAnswers,
  start,
  tokenFor,
  withString,
  withToken,
} from "../../../helpers/cli/situations.js";
import { serve } from "../../../helpers/server.js";

it("doctor shows each check when it ends, and not only when all have", async () => {
  let shown = "";
  const server = createServer((_request, response) => {
    shown ||= vi
      .mocked(process.stdout.write)
      .mock.calls.map(([text]) => text)
      .join("");
    response.writeHead(404).end();
  });
  const port = await serve(server);
  const { out } = await call(withString(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`));
  expect(withMarks(shown)).toMatch(/^✓ Settings: .*\n✓ Connection: .*\n$/);
  expect(out.startsWith(shown)).toBe(true);
  expect(withMarks(out.slice(shown.length))).toMatch(/^✗ Service: /);
});

describe("doctor finds what is wrong with the service, the clock, the key or a user", () => {
  itFindsWhatIsWrong([
    ...[200, 302, 400, 404].map(
      (status): Situation => ({
        name: `something else answers there with ${status}`,
        arrange: () => serviceThatAnswers(() => 200, status),
        check: "Service",
        line: `service.test isn't the service: without a credential it returned ${status}; the service returns 401`,
        remedy: /host and the port/,
      }),
    ),
    ...[429, 500, 503].map(
      (status): Situation => ({
        name: `the service answers anybody with ${status}`,
        arrange: () => serviceThatAnswers(() => 200, status),
        check: "Service",
        line: `service.test is busy or failing (${status})`,
        remedy: statusRemedies[status === 429 ? 429 : "5xx"],
      }),
    ),
    {
      name: "nothing is answered within 15 seconds",
      async arrange() {
        const port = await serve(createServer(() => vi.advanceTimersByTime(15_000)));
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
        return withString(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
      },
      check: "Service",
      line: /^127\.0\.0\.1:\d+ didn't respond \(RESPONSE_TIMEOUT\)$/,
      remedy: statusRemedies.none,
    },
    {
      name: "an emulator is told to fail",
      async arrange() {
        let asked = 0;
        // Only once: a doctor that asks again takes it for healthy.
        const port = await serve(
          createServer((_request, response) => response.writeHead(asked++ === 0 ? 503 : 401).end()),
        );
        return withString(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
      },
      check: "Service",
      line: /^127\.0\.0\.1:\d+ is busy or failing \(503\)$/,
      remedy: /^If this is an emulator, it was told to/,
    },
    {
      name: "a firewall answers in the service's place",
      async arrange() {
        const port = await serve(
          createServer((_request, response) => response.writeHead(403).end("<h1>Blocked</h1>")),
        );
        return withString(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
      },
      check: "Service",
      line: /^127\.0\.0\.1:\d+ refuses a request without a credential \(403\); the service returns 401$/,
      remedy: /a firewall, a proxy or the network rules/,
    },
    ...([403, 404, 429, 500, 503] as const).map(
      (status): Situation => ({
        name: `the service answers a signed request with ${status}`,
        arrange: () => serviceThatAnswers(() => status),
        check: "Access key",
        line: `service.test refuses the request (${status})`,
        remedy: statusRemedies[status >= 500 ? "5xx" : (status as 403)],
      }),
    ),
    ...([400, 401, 429, undefined] as const).map(
      (status): Situation => ({
        name: `the service answers for a user with ${status}`,
        async arrange() {
          const call = await serviceThatAnswers((isForUser) => (isForUser ? status : 400));
          return { ...call, args: [...(call.args ?? []), "--user", "8:acs:x"] };
        },
        check: "User",
        line: status
          ? `The service issues no token for the user (${status})`
          : "service.test didn't respond (ECONNRESET)",
        remedy: statusRemedies[status ?? "none"],
      }),
    ),
    {
      name: "the service has forgotten the user or never had it",
      async arrange() {
        const notOwned = { status: 401, code: "IdentityNotOwned" };
        const call = await serviceThatAnswers(() => notOwned);
        return { ...call, args: [...(call.args ?? []), "--user", "8:acs:x"] };
      },
      check: "User",
      line: "The service doesn't know the user (401 IdentityNotOwned: Its words.)",
      remedy: /another resource's: compare the ids in your store with this resource$/,
    },
    {
      name: "the clock is three hours ahead of a service on another machine",
      arrange: () => {
        const date = new Date(Date.now() - 3 * 3_600_000).toUTCString();
        return serviceThatAnswers(() => 400, { status: 401, headers: { date } });
      },
      status: "warning",
      check: "Clock",
      line: /^The clock of this machine is 180 minutes ahead of the service's\. The client signs with /,
      remedy: /^Set the clock, for example: /,
    },
    {
      name: "the clock is two hours behind",
      async arrange() {
        const { connectionString, service } = await start();
        service.clock.skew({ minutes: 120 });
        return withString(connectionString);
      },
      status: "warning",
      check: "Clock",
      line: /is 120 minutes behind the service's\. The client signs with the service's time, so calls succeed/,
      remedy: /skewed its clock.*, or set the machine's clock: /,
    },
    {
      name: "the clock is two hours ahead, and the client signs in with Entra ID",
      async arrange() {
        const { service } = await start();
        // Only this machine takes it for expired.
        const token = await tokenFor({ expiresInMinutes: -10 });
        service.clock.skew({ minutes: -120 });
        return withToken(token);
      },
      status: "warning",
      check: "Clock",
      line: /is 120 minutes ahead of the service's\. Calls succeed, but valid tokens can look expired here$/,
      remedy: /set the machine's clock: /,
    },
    {
      name: "the key is cut off and still base64",
      arrange: async () => withString((await start()).connectionString.slice(0, -8)),
      check: "Access key",
      line: /cut off or damaged: it has 80 characters/,
      remedy: /^Copy the whole key\. Copy the connection string from the emulator's page, /,
    },
    ...[63, 64].map(
      (bytes): Situation => ({
        name: `the key is another resource's, of ${bytes} bytes`,
        arrange: async () => {
          const { connectionString } = await start({ accessKey: azureLikeKey });
          return withString(
            connectionString.replace(azureLikeKey, Buffer.alloc(bytes, "other").toString("base64")),
          );
        },
        check: "Access key",
        line: /^The access key isn't one of 127\.0\.0\.1:\d+ \(401 Denied: [^"]*\)$/,
        remedy: "Copy the connection string from the emulator's page, which has its current keys",
      }),
    ),
    {
      name: "the user was made before the emulator was restarted",
      async arrange() {
        const first = await start();
        const { communicationUserId: id } = await new CommunicationIdentityClient(
          first.connectionString,
        ).createUser();
        await first.close();
        return { ...withString((await start()).connectionString), args: ["--user", id] };
      },
      check: "User",
      line: /doesn't know the user \(401 IdentityNotOwned: The id is this resource's, but the user was deleted or never/,
      remedy: /It was deleted, or the emulator was restarted without --data FILE/,
    },
  ]);
});

describe("doctor", () => {
  it("finds nothing wrong with an emulator, and doesn't change it", async () => {
    const { service, url } = await start();
    const { token } = await new CommunicationIdentityClient(service.connectionString).createUserAndToken([
      "voip",
    ]);
    const before = JSON.stringify({ ...(await service.snapshot()), time: undefined });
    const outcome = await call(withString(service.connectionString), "--json");
    const { ok, checks } = reportOf(outcome);
    expect({ ok, code: outcome.code, err: outcome.err }).toEqual({ ok: true, code: 0, err: "" });
    expect(checks.map(({ check }) => check)).toEqual([
      "Settings",
      "Connection",
      "Service",
      "Clock",
      "Access key",
    ]);
    expect(checks[0]?.message).toBe(`COMMUNICATION_CONNECTION_STRING is for ${url}`);
    expect(JSON.stringify({ ...(await service.snapshot()), time: undefined })).toBe(before);
    expect((await service.inspectToken(token)).valid).toBe(true);
  });

  it("issues a token for the user to see whether the service knows it, and doesn't show it", async () => {
    const { service } = await start();
    const { communicationUserId: id } = await new CommunicationIdentityClient(
      service.connectionString,
    ).createUser();
    const { code, out } = await call(withString(service.connectionString), "--user", id);
    expect({ code, last: withMarks(out).trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: "✓ User: the service issues tokens for it",
    });
    // A JWT starts so.
    expect(out).not.toContain("eyJ");
  });

  it("prints a line for each check and the remedy below the failed one, but no key, and the string to sign only in JSON", async () => {
    const { connectionString } = await start({ accessKey: azureLikeKey });
    const wrong = withString(connectionString.replace(azureLikeKey, otherKey));
    const { code, out } = await call(wrong);
    expect(code).toBe(1);
    expect(withMarks(out)).toMatch(/^(?:✓ [A-Z].+\n)+✗ Access key: .+\n {2}→ .+\n$/);
    expect(out).not.toContain(otherKey);
    expect(out).not.toContain("String to sign");
    expect(reportOf(await call(wrong, "--json")).checks.at(-1)?.details).toMatch(/\. String to sign: "POST/);
  });

  it.each([
    [0.5, "✓ Clock: agrees with the service's"],
    [1.5, "✓ Clock: \\d\\d s from the service's, which the client corrects"],
    [-4.9, "✓ Clock: 29\\d s from the service's, which the client corrects"],
    [4.9, "✓ Clock: 29\\d s from the service's, which the client corrects"],
    [5.1, "! Clock: The clock of this machine is 5 minutes behind .+\n  → .+"],
  ])(
    "lets a clock be five minutes off, and prints a warning with its remedy beyond: %d",
    async (minutes, line) => {
      const { connectionString, service } = await start();
      service.clock.skew({ minutes });
      const { code, out } = await call(withString(connectionString));
      expect(code).toBe(0);
      expect(withMarks(out)).toMatch(new RegExp(`^(?:✓ [A-Z].+\n)+${line}\n✓ Access key: .+\n$`));
    },
  );

  it.each([200, 400, { status: 401, code: "IdentityNotOwned" }])(
    "takes a key for accepted if the service answers with %j",
    async (answer) => {
      const { code, out } = await call(await serviceThatAnswers(() => answer));
      expect([code, withMarks(out)]).toEqual([
        0,
        expect.stringMatching(/^✓ Access key: the service accepts it$/m),
      ]);
    },
  );

  it("leaves nothing but tagged requests and no warning in the emulator's log", async () => {
    const levels: string[] = [];
    const { connectionString, service } = await start({
      accessKey: azureLikeKey,
      onLog: ({ level, fields }) => fields && levels.push(level),
    });
    service.failNext({ status: 503, times: 9 });
    await call(withString(connectionString));
    await call(withString(connectionString.replace(azureLikeKey, otherKey)));
    const agents = service.requests.map(({ headers }) => headers["user-agent"]?.split(" ")[0]);
    expect(agents).toEqual(agents.map(() => "acs-identity-doctor"));
    expect(service.requests.map(({ isFromDoctor }) => isFromDoctor)).toEqual([true, true, true, true]);
    expect(service.requests.map(({ status }) => status)).toEqual([401, 400, 401, 401]);
    expect(levels).toEqual(["info", "info", "info", "info"]);
  });
});
