import { AzureKeyCredential } from "acs-identity";
import type { Invocation } from "../command.js";
import { CommandError } from "../commandError.js";
import { type Connection, connectionVariable, createClient, readConnection } from "../connection.js";
import { UsageError } from "../usageError.js";
import { isLoopback, Problem } from "./check.js";

/** @throws Problem when the settings can't be right, whatever the service says. It contains none of their values. */
export async function examineSettings(invocation: Invocation): Promise<Connection> {
  let connection: Connection;
  try {
    connection = await readConnection(invocation);
    createClient(connection);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    throw new Problem(error.message, remedies[error.code ?? ""] ?? whereToCopy());
  }
  const { endpoint, credential, source } = connection;
  const key = credential instanceof AzureKeyCredential ? credential.key : "";
  if (/your[-_ ]|placeholder|\.\.\.|…|^x+$/i.test(`${new URL(endpoint).hostname} ${key}`)) {
    throw new Problem(`${source} still holds a placeholder`, whereToCopy(new URL(endpoint)));
  }
  return connection;
}

/** Returns where to copy the connection string from. Without an endpoint, it may be either's. */
export function whereToCopy(endpoint?: URL): string {
  const portal = "the Azure portal (the resource, Settings, Keys)";
  const emulator = "the emulator's first lines";
  const places = [
    ...(endpoint && isLoopback(endpoint) ? [] : [portal]),
    ...(endpoint && !isLoopback(endpoint) ? [] : [emulator]),
  ];
  return `Copy the connection string from ${places.join(", or from ")}`;
}

/** By the error's code. */
const remedies: Readonly<Record<string, string>> = {
  NO_CONNECTION_STRING: `Start your program with node --env-file=.env, or set the variable in the shell, in quotes: export ${connectionVariable}='endpoint=…;accesskey=…'`,
  INVALID_PROXY:
    "It has the form http://host:port, with a user name and password before the host if the proxy wants them",
  INVALID_ACCESS_KEY: `The key is cut off or damaged. ${whereToCopy()}`,
  INSECURE_ENDPOINT: "Write https://, or pass --allow-insecure-connection",
  NO_AZURE_IDENTITY: "npm install @azure/identity",
  EMPTY_INPUT: "Nothing came through the pipe. For an Entra ID token, sign in first: az login",
};

/** Returns what is wrong with a key's length, or undefined. A key of an unusual length is probably cut off. */
export function keyLengthProblem(key: string): string | undefined {
  // Azure's keys had 64 bytes before 2024 and have 63 since, in base64. The emulator's well-known key has 66.
  return [84, 88].includes(key.length)
    ? undefined
    : `it has ${key.length} characters, where keys from the Azure portal have 84 or 88`;
}
