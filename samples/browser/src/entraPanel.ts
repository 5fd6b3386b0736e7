import { CommunicationIdentityClient, type TokenCredential } from "acs-identity";
import { createConsole } from "./console.js";
import { element } from "./dom.js";
import type { Environment } from "./environment.js";

/** The way of a tool for staff: what the page may do is what the person at it may do in Azure. */
export function fillEntraPanel(panel: HTMLElement, { endpoint }: Environment): void {
  const client = new CommunicationIdentityClient(endpoint, createCredential());
  panel.append(
    element(
      "p",
      {},
      "Whoever is signed in needs a role on the ACS resource. The page holds that person's Entra token, for an hour, and no key.",
    ),
    element(
      "p",
      { class: "note" },
      "Here a stub of the development server stands for Entra ID: its tokens are good for the emulator only.",
    ),
    createConsole(client),
  );
}

/**
 * With a real Entra ID, and `@azure/identity` installed:
 *
 *     return new InteractiveBrowserCredential({ tenantId, clientId });
 */
function createCredential(): TokenCredential {
  return {
    async getToken() {
      const response = await fetch("dev/entra-token");
      if (!response.ok) throw new Error("The stub of Entra ID did not answer");
      return response.json();
    },
  };
}
