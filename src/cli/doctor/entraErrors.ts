import type { RestError } from "@azure/core-rest-pipeline";
import type { Environment } from "../command.js";
import { requestText } from "../requestText.js";
import { hasLoopbackHost, Problem } from "./check.js";
import { findEnvironmentProxy, openTunnel } from "./proxy.js";
import { entraRemedies, remedyFor } from "./remedies.js";

/** An error of Entra ID as one line, and what to do about it. */
export interface EntraExplanation {
  readonly text: string;
  readonly remedy: string;
}

/** Returns undefined if the message, which may have many lines, holds no code of Entra ID. */
export function explainEntraError(
  message: string,
  { AZURE_AUTHORITY_HOST: host = "" }: Environment,
): EntraExplanation | undefined {
  // Credentials of @azure/identity wrap the response's error, and then only the text has its code.
  const [, text = "", code = ""] = /\b((AADSTS\d+): [^\r\n"]*)/.exec(message) ?? [];
  if (code === "") return undefined;
  return {
    text: (text.split(/(?:Trace|Correlation) ID: /i, 1)[0] ?? "").trimEnd(),
    remedy:
      (URL.canParse(host) && hasLoopbackHost(new URL(host))
        ? emulatorRemedy(host)
        : remedyFor(entraRemedies, code)) ??
      `See https://login.microsoftonline.com/error?code=${code.slice("AADSTS".length)}, and check AZURE_TENANT_ID, AZURE_CLIENT_ID and how you sign in`,
  };
}

/** An emulator has its own applications and secrets, none of which are in the Azure portal. */
function emulatorRemedy(host: string): string {
  return `This authority is an emulator's: set the AZURE_ variables that it printed when it started. On its page, ${new URL(host).origin}, Entra ID adds applications with new secrets, and users, and gives consent`;
}

/**
 * Asks the authority about the tenant, because the libraries don't say why they couldn't: their error for an unknown tenant
 * is that for a host that can't be reached. Returns undefined if nothing is wrong with either, or if no tenant is set.
 */
export async function examineAuthority(environment: Environment): Promise<EntraExplanation | undefined> {
  const { AZURE_TENANT_ID: tenant, AZURE_AUTHORITY_HOST: host = "https://login.microsoftonline.com" } =
    environment;
  if (!tenant) return undefined;
  if (!/^[\w.-]+$/.test(tenant)) {
    return { text: "AZURE_TENANT_ID is neither a GUID nor a domain name", remedy: "Correct AZURE_TENANT_ID" };
  }
  if (!/^https:/.test(host)) {
    return {
      text: `AZURE_AUTHORITY_HOST is ${host}, and the libraries need https`,
      remedy: "Start the emulator with --https, and set the variables that it prints",
    };
  }
  const url = new URL(`${host.replace(/\/$/, "")}/${tenant}/v2.0/.well-known/openid-configuration`);
  try {
    // Core takes a proxy's refusal for the authority's response. Like the libraries, it asks a proxy about loopback, too.
    const proxy = await findEnvironmentProxy(new URL(host));
    if (proxy) (await openTunnel(new URL(host), proxy)).destroy();
    const { bodyAsText } = await requestText(url, { timeoutInMs: 10_000, proxy: proxy?.url });
    return explainEntraError(bodyAsText ?? "", environment);
  } catch (error) {
    if (error instanceof Problem) return { text: error.message, remedy: error.remedy };
    const { code, name } = error as RestError;
    return {
      // The code of an error for a time limit is a number.
      text: `${host} can't be reached (${typeof code === "string" ? code : name})`,
      remedy: "Check AZURE_AUTHORITY_HOST, the network and, for an emulator, NODE_EXTRA_CA_CERTS",
    };
  }
}
