import { connectionVariable } from "../../emulator/environment/environment.js";
import { shellLinesInWords } from "../../emulator/environment/shells.js";
import type { Invocation } from "../command.js";
import { type Connection, createClient, readConnection } from "../connection.js";
import { CommandError } from "../errors.js";
import { hasLoopbackHost, Problem } from "./check.js";

/** @throws Problem if the settings can't be right, whatever the service says. It contains none of their values. */
export async function examineSettings(invocation: Invocation): Promise<Connection> {
  let connection: Connection;
  try {
    connection = await readConnection(invocation);
    createClient(connection);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Problem(error.message, remedies()[error.code ?? ""] ?? whatToCopy(invocation));
  }
  const { endpoint, credential, source } = connection;
  const key = "key" in credential ? credential.key : "";
  if (/your[-_ ]|placeholder|^x{3,}\./i.test(`${new URL(endpoint).hostname} ${key}`)) {
    throw new Problem(`${source} still holds a placeholder`, whereToCopy(hasLoopbackHost(new URL(endpoint))));
  }
  return connection;
}

function whatToCopy({ values }: Invocation): string {
  return values.endpoint === undefined
    ? whereToCopy()
    : "Copy the endpoint from the Azure portal (the resource, Settings, Keys)";
}

/** Returns where to copy the connection string from. Undefined means that nobody knows yet whether it's an emulator's. */
export function whereToCopy(isEmulator?: boolean): string {
  const portal = "the Azure portal (the resource, Settings, Keys)";
  // The emulator's first lines have the former key after a regeneration.
  const emulator = "the emulator's page";
  if (isEmulator === undefined) return `Copy the connection string from ${portal}, or from ${emulator}`;
  return isEmulator
    ? `Copy the connection string from ${emulator}, which has its current keys`
    : `Copy the connection string from ${portal}`;
}

/** The command line that runs the doctor with the variables of a file, for which npx has no option. */
export const doctorWithFile: string = `node --env-file=.env "${process.argv[1]}" doctor`;

/** Returns what to do about each error of the settings, by its code. */
function remedies(): Readonly<Record<string, string>> {
  const assignment = shellLinesInWords(connectionVariable, "endpoint=…;accesskey=…", process.platform);
  const nearMiss =
    process.platform === "win32"
      ? `. PowerShell's $${connectionVariable} = "…" and set don't set an environment variable`
      : "";
  return {
    NO_CONNECTION_STRING: `${assignment}. If it is in a .env file: ${doctorWithFile}. To sign in with Entra ID, add --endpoint URL${nearMiss}`,
    UNQUOTED_CONNECTION_STRING: `${assignment}. With --connection-string, too, the text needs quotes`,
    INVALID_PROXY: "Correct it, or unset it if this machine needs no proxy",
    INVALID_ACCESS_KEY: `The key is cut off or damaged. ${whereToCopy()}`,
    INSECURE_ENDPOINT: "Write https://, or pass --allow-insecure-connection",
    NO_AZURE_IDENTITY: "npm install @azure/identity",
    EMPTY_INPUT: "Run that program alone. For an Entra ID token, sign in first: az login",
  };
}

/** Returns what is wrong with a key's length, or undefined. A key of an unusual length is probably cut off. */
export function keyLengthProblem(key: string): string | undefined {
  // Azure's keys had 64 bytes before 2024 and have 63 since, in base64. The emulator's well-known key has 66.
  return [84, 88].includes(key.length)
    ? undefined
    : `it has ${key.length} characters, where keys from the Azure portal have 84 or 88`;
}
