import { describe, vi } from "vitest";
import * as entraCredential from "../../../../src/cli/entraCredential.js";
import { CommandError } from "../../../../src/cli/errors.js";
import {
  azure,
  azureLikeKey,
  itFindsWhatIsWrong,
  type Situation,
  start,
  withString,
} from "../../../helpers/cli/situations.js";

describe("doctor finds what is wrong with the settings", () => {
  itFindsWhatIsWrong([
    {
      name: "the variable is missing and a similar one is set, in the quotes of an .env file",
      arrange: () => ({ environment: { ACS_CONNECTION_STRING: `"${azure}"` } }),
      check: "Settings",
      line: /^COMMUNICATION_CONNECTION_STRING is not set \(set, but not used: ACS_CONNECTION_STRING\)/,
      remedy:
        /^(?:export|set) .*COMMUNICATION_CONNECTION_STRING.+\. If it is in a \.env file: node --env-file=\.env/,
    },
    {
      name: "the connection string still has the placeholders of the documentation",
      arrange: () => withString("endpoint=https://<resource>.communication.azure.com/;accesskey=<key>"),
      check: "Settings",
      line: /placeholder/,
      remedy: /^Copy the connection string from the Azure portal .*, or from the emulator's page$/,
    },
    ...[
      ["your-resource.communication.azure.com", azureLikeKey],
      ["YOUR_resource.communication.azure.com", azureLikeKey],
      ["xxxx.communication.azure.com", azureLikeKey],
      ["placeholder.communication.azure.com", azureLikeKey],
      ["contoso.communication.azure.com", "Placeholder0"],
    ].map(
      ([host, key]): Situation => ({
        name: `the connection string still has a placeholder: ${host} ${key}`,
        arrange: () => withString(`endpoint=https://${host}/;accesskey=${key}`),
        check: "Settings",
        line: "COMMUNICATION_CONNECTION_STRING still holds a placeholder",
        remedy: "Copy the connection string from the Azure portal (the resource, Settings, Keys)",
      }),
    ),
    {
      name: "an emulator's connection string still has a placeholder",
      arrange: () => ({
        args: ["--connection-string", "endpoint=http://127.0.0.1:7311/;accesskey=placeholder0"],
      }),
      check: "Settings",
      line: "--connection-string still holds a placeholder",
      remedy: "Copy the connection string from the emulator's page, which has its current keys",
    },
    {
      name: "@azure/identity isn't installed",
      arrange: () => {
        vi.spyOn(entraCredential, "entraCredential").mockRejectedValue(
          new CommandError("It's missing", 1, "NO_AZURE_IDENTITY"),
        );
        return { args: ["--endpoint", "https://contoso.communication.azure.com"] };
      },
      check: "Settings",
      line: "It's missing",
      remedy: "npm install @azure/identity",
    },
    {
      name: "the key is cut off and no base64",
      arrange: async () => withString((await start()).connectionString.slice(0, -3)),
      check: "Settings",
      line: /access key is not base64/,
      remedy: /^The key is cut off/,
    },
    {
      name: "the endpoint has no scheme",
      arrange: () => ({
        args: ["--endpoint", "a.communication.azure.com", "--entra-token", "-"],
        input: "x",
      }),
      check: "Settings",
      line: /^--endpoint: The endpoint can't be used: it must be an https URL/,
      remedy: /^Copy the endpoint from the Azure portal/,
    },
    {
      name: "the shell has cut the connection string off at its semicolon",
      arrange: () => withString("endpoint=https://some-resource.communication.azure.test/"),
      check: "Settings",
      line: /A shell ends an unquoted value at `;`: put the whole string in single quotes/,
      remedy: /^(?:export COMMUNICATION_CONNECTION_STRING='|set "COMMUNICATION_CONNECTION_STRING=)/,
    },
    {
      name: "nothing comes through the pipe in the place of an Entra ID token",
      arrange: async () => ({ args: ["--endpoint", (await start()).url, "--entra-token", "-"], input: "" }),
      check: "Settings",
      line: "Standard input was empty. Did the program before the pipe fail?",
      remedy: / sign in first: az login$/,
    },
    {
      name: "a proxy variable is no URL",
      arrange: () => withString(azure, { HTTPS_PROXY: "http://[" }),
      check: "Settings",
      line: /^The environment variable HTTPS_PROXY can't be used: its host or port can't be read\. Write http:/,
      remedy: /^Correct it, or unset it/,
    },
    {
      name: "plain http to another machine",
      arrange: () => withString(`endpoint=http://emulator:7311/;accesskey=${azureLikeKey}`),
      check: "Settings",
      line: /plain http to a host other than loopback needs --allow-insecure-connection/,
      remedy: "Write https://, or pass --allow-insecure-connection",
    },
  ]);
});
