import { AzureKeyCredential } from "acs-identity";
import type { Invocation } from "../command.js";
import { CommandError } from "../commandError.js";
import { type Connection, connectionVariable, createClient, readConnection } from "../connection.js";
import { UsageError } from "../usageError.js";
import { Problem } from "./check.js";

/** @throws Problem when the settings can't be right, whatever the service says. It contains none of their values. */
export async function examineSettings(invocation: Invocation): Promise<Connection> {
  let connection: Connection;
  try {
    connection = await readConnection(invocation);
    createClient(connection);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    throw new Problem(error.message, remedyOf(error.message));
  }
  const { endpoint, credential, source } = connection;
  const key = credential instanceof AzureKeyCredential ? credential.key : "";
  if (/your[-_ ]|placeholder|\.\.\.|…|^x+$/i.test(`${new URL(endpoint).hostname} ${key}`)) {
    throw new Problem(`${source} still holds a placeholder`, whereToCopy);
  }
  return connection;
}

const whereToCopy = "Copy the connection string from the Azure portal: the resource, Settings, Keys";

function remedyOf(message: string): string {
  if (message.includes("is not set")) {
    return `export ${connectionVariable}='endpoint=…;accesskey=…', or load your .env file: set -a; . ./.env`;
  }
  if (message.includes("_PROXY")) {
    return "It has the form http://host:port, with a user name and password before the host if the proxy wants them";
  }
  if (message.includes("not base64")) return `The key is cut off or damaged. ${whereToCopy}`;
  if (message.includes("allow-insecure-connection"))
    return "Write https://, or pass --allow-insecure-connection";
  if (message.includes("@azure/identity")) return "npm install @azure/identity";
  return whereToCopy;
}

/** Returns what is wrong with a key's length, or undefined. A key of an unusual length is probably cut off. */
export function keyLengthProblem(key: string): string | undefined {
  // Azure's keys had 64 bytes before 2024 and have 63 since, in base64. The emulator's well-known key has 66.
  return [84, 88].includes(key.length)
    ? undefined
    : `it has ${key.length} characters, where keys from the Azure portal have 84 or 88`;
}
