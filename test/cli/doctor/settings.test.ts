import { describe } from "vitest";
import { azure, azureLikeKey, itFindsWhatIsWrong, start, withString } from "./situations.js";

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
    {
      name: "the connection string still has a placeholder name",
      arrange: () =>
        withString(`endpoint=https://your-resource.communication.azure.com/;accesskey=${azureLikeKey}`),
      check: "Settings",
      line: "COMMUNICATION_CONNECTION_STRING still holds a placeholder",
      remedy: /Azure portal/,
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
