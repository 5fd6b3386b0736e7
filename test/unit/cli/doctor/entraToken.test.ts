import { createServer } from "node:http";
import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import {
  call,
  itFindsWhatIsWrong,
  proxyThatAnswers,
  refusedByEntra,
  type Situation,
  scope,
  signInWith,
  start,
  tokenFor,
  withToken,
} from "../../../helpers/cli/situations.js";
import { serve } from "../../../helpers/server.js";
import { slowUnitTimeLimit } from "../../../helpers/timeLimit.js";

const government = "https://communication.azure.us";

// @azure/identity is loaded, which takes seconds on a busy machine.
describe("doctor finds what is wrong with a token of Entra ID", { timeout: slowUnitTimeLimit }, () => {
  itFindsWhatIsWrong([
    {
      name: "what came through the pipe is no token",
      arrange: async () => {
        await start();
        return withToken("ERROR: Please run 'az login' to setup account.");
      },
      check: "Entra ID token",
      line: "The token isn't a JWT",
      remedy: `Ask for one with the scope ${scope}`,
    },
    {
      name: "the Entra ID token is for another audience",
      arrange: async () => {
        await start();
        return withToken(await tokenFor({}, "https://graph.microsoft.com/.default"));
      },
      check: "Entra ID token",
      line: 'The token is for another audience: "https://graph.microsoft.com"',
      remedy: `Ask for one with the scope ${scope}, or with az account get-access-token --resource https://communication.azure.com`,
    },
    {
      name: "the Entra ID token is for another cloud than the emulator's",
      arrange: async () => {
        await start({ audience: government });
        return withToken(await tokenFor());
      },
      check: "Entra ID token",
      line: /^The service refuses the token of .*is meant for "https:\/\/communication\.azure\.com\/?", not for /,
      remedy:
        "Ask for one with the scope https://communication.azure.us/.default: pass --audience https://communication.azure.us to the doctor and audience to the client",
    },
    {
      name: "the Entra ID token has expired by the service's clock",
      arrange: async () => {
        const { service } = await start();
        const token = await tokenFor({ expiresInMinutes: 0.5 });
        // Less than the doctor warns about.
        service.clock.skew({ minutes: 4 });
        return withToken(token);
      },
      check: "Entra ID token",
      line: /expired 3 minutes ago$/,
      remedy: /^Get a new one/,
    },
    {
      name: "the application has no role on the resource",
      async arrange() {
        const { service } = await start();
        const { clientId, applications } = service.entra;
        service.entra.setApplication({ clientId, hasRole: false });
        return withToken(await tokenFor({ clientId, objectId: applications[0]?.objectId }));
      },
      check: "Entra ID token",
      line: /^application [-\w]+ of tenant [-\w]+ has no role on the resource \(401 Denied\)$/,
      remedy:
        /^Give it the role Communication and Email Service Owner under Entra ID on the emulator's page, http:\/\/127\.0\.0\.1:\d+$/,
    },
    ...(
      [
        [
          403,
          /has no role on the resource/,
          /^Assign the identity the role Communication and Email Service Owner, .*Access control/,
        ],
        [429, /^The service refuses the token of application/, /^If this is an emulator, it was told to/],
      ] as const
    ).map(
      ([status, line, remedy]): Situation => ({
        name: `a server refuses the application with ${status}`,
        async arrange() {
          await start();
          const server = createServer(({ headers }, response) =>
            response.writeHead(headers.authorization ? status : 401).end(),
          );
          const endpoint = `http://127.0.0.1:${await serve(server)}`;
          return { ...withToken(await tokenFor()), args: ["--endpoint", endpoint, "--entra-token", "-"] };
        },
        check: "Entra ID token",
        line: new RegExp(`${line.source}.* \\(${status}\\)$`),
        remedy,
      }),
    ),
    ...(
      [
        [{}, "user someone"],
        [{ azp: "an-app" }, "application an-app"],
      ] as const
    ).map(
      ([claims, principal]): Situation => ({
        name: `the Entra ID token of ${principal} is from another authority`,
        async arrange() {
          await start();
          const { privateKey } = await generateKeyPair("RS256");
          const tid = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
          const token = await new SignJWT({ tid, oid: "someone", ...claims })
            .setProtectedHeader({ alg: "RS256", kid: "other" })
            .setIssuer("https://sts.windows.net/1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01/")
            .setAudience("https://communication.azure.com")
            .setExpirationTime("1h")
            .sign(privateKey);
          return withToken(token);
        },
        check: "Entra ID token",
        line: new RegExp(`^The service refuses the token of ${principal} of tenant 1a5c4717`),
        remedy: /^Is the resource in the tenant 1a5c4717/,
      }),
    ),
    {
      name: "nobody is signed in",
      async arrange() {
        const { url } = await start();
        return {
          args: ["--endpoint", url],
          environment: { AZURE_AUTHORITY_HOST: url.replace("http:", "https:") },
        };
      },
      check: "Entra ID token",
      line: /^Nobody is signed in/,
      remedy: /^az login, or set AZURE_TENANT_ID/,
    },
    ...(
      [
        [
          { AZURE_TENANT_ID: "not a tenant" },
          "AZURE_TENANT_ID is neither a GUID nor a domain name",
          /^Correct/,
        ],
        [{ AZURE_AUTHORITY_HOST: "http://127.0.0.1:1" }, /^.+ is http:.+ need https$/, /with --https/],
        [
          { AZURE_AUTHORITY_HOST: "https://127.0.0.1:9" },
          /https:\/\/127\.0\.0\.1:9 can't be reached \(/,
          /^Check/,
        ],
      ] as const
    ).map(
      ([settings, line, remedy]): Situation => ({
        name: `the settings for Entra ID are ${JSON.stringify(settings)}`,
        async arrange() {
          signInWith({ getToken: () => Promise.reject(new Error("endpoints_resolution_error")) });
          return {
            args: ["--endpoint", (await start()).url],
            environment: {
              AZURE_TENANT_ID: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
              AZURE_AUTHORITY_HOST: "https://127.0.0.1:9",
              ...settings,
            },
          };
        },
        check: "Entra ID token",
        line: typeof line === "string" ? `Couldn't get a token: ${line}` : line,
        remedy,
      }),
    ),
    ...(
      [
        [
          "https://login.example.test",
          /^Ask whoever runs the proxy to allow this host, or bypass it .*NO_PROXY.*login/,
        ],
        [
          "https://127.0.0.1:9",
          /^A proxy can't connect to this machine: bypass it for this host: .*NO_PROXY.*127\.0\.0\.1/,
        ],
      ] as const
    ).map(
      ([authorityHost, remedy]): Situation => ({
        name: `a proxy doesn't allow the authority ${authorityHost}`,
        async arrange() {
          const { environment } = await proxyThatAnswers("403 Forbidden");
          return {
            args: ["--endpoint", (await start()).url],
            environment: {
              HTTPS_PROXY: environment?.HTTPS_PROXY ?? "",
              AZURE_TENANT_ID: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
              AZURE_CLIENT_ID: "an-application",
              AZURE_CLIENT_SECRET: "a-secret",
              AZURE_AUTHORITY_HOST: authorityHost,
            },
          };
        },
        check: "Entra ID token",
        line: /^Couldn't get a token: The proxy refused the connection with status 403 \(127\S+ of HTTPS_PROXY, for \S+\)$/,
        remedy,
      }),
    ),
    {
      name: "the emulator is to sign in, but its authority isn't set",
      async arrange() {
        const { url, service } = await start();
        const { tenantId } = service.entra;
        const error = Object.assign(new Error("network_error: Network request failed"), {
          name: "AuthenticationError",
        });
        signInWith({ getToken: () => Promise.reject(error) });
        return { args: ["--endpoint", url], environment: { AZURE_TENANT_ID: tenantId } };
      },
      check: "Entra ID token",
      line: /AZURE_AUTHORITY_HOST isn't set \(network_error: Network request failed\)$/,
      remedy:
        /AZURE_ variables that the emulator prints with --https\. If they are in a \.env file: node --env-file=\.env ".+" doctor --endpoint https?:/,
    },
    ...(
      [
        [
          7000215,
          "Invalid client secret provided.",
          /^AZURE_CLIENT_SECRET must hold the secret's value, not its id/,
        ],
        [7000222, "The client secret keys are expired.", /^The secret has expired: create a new/],
        [700016, "Application 'x' was not found.", /^Compare AZURE_CLIENT_ID .* AZURE_TENANT_ID/],
        [90002, "Tenant 'x' not found.", /^Correct AZURE_TENANT_ID/],
        [500011, "The resource principal named x was not found.", /az ad sp create --id 1fd5118e/],
        [65001, "The user has not consented.", /adminconsent\?client_id=/],
        [
          50076,
          "You must use multi-factor authentication.",
          /az login --scope https:\/\/communication\.azure/,
        ],
        [700024, "Client assertion is not valid.", /^Set the clock/],
        [123456, "Something new.", /error\?code=123456/],
      ] as const
    ).map(
      ([number, text, remedy]): Situation => ({
        name: `Entra ID answers AADSTS${number}`,
        arrange: () => refusedByEntra(number, text),
        check: "Entra ID token",
        line: `Couldn't get a token: AADSTS${number}: ${text}`,
        remedy,
      }),
    ),
  ]);
});

describe("doctor with @azure/identity", () => {
  it("finds nothing wrong with a valid token from standard input, and doesn't print it", async () => {
    await start();
    const token = await tokenFor();
    const { code, out } = await call(withToken(token), "--json");
    expect(code).toBe(0);
    expect(out).not.toContain(token.split(".")[2]);
  });

  it.each([
    ["accepts a token for the US Government's audience", [], ""],
    ["takes the audience of a flag", ["--audience", government], ""],
    ["takes it with a slash at its end", ["--audience", `${government}/`], `${government}/.default`],
  ])("%s", async (_, args, requested) => {
    await start({ audience: government });
    const { code, out } = await call(withToken(await tokenFor({}, requested)), ...args);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("may use the resource") });
  });
});
