import type { EmulatorInfo } from "./adminApi.js";
import { copy } from "./copy.js";
import { byId, setText } from "./dom.js";
import type { ProblemBox } from "./problem.js";

/** The line of the page that tells how to sign in with Entra ID. */
export class EntraSettings {
  #info: EmulatorInfo["entra"] | undefined;

  constructor(problem: ProblemBox) {
    const button = byId("copy-environment", HTMLButtonElement);
    const lines = () => environmentLines(this.#info);
    button.addEventListener(
      "click",
      () => void copy(button, "settings", lines, (error) => problem.show(error)),
    );
  }

  show({ entra }: EmulatorInfo): void {
    this.#info = entra;
    const isHttps = location.protocol === "https:";
    setText(byId("entra-authority", HTMLElement), isHttps ? location.origin : "needs --https");
  }
}

/** A `.env` file for `@azure/identity`. The authority is where the page came from, as the endpoint is. */
function environmentLines(entra: EmulatorInfo["entra"] | undefined): string {
  return [
    `AZURE_TENANT_ID=${entra?.tenantId}`,
    `AZURE_CLIENT_ID=${entra?.clientId}`,
    `AZURE_CLIENT_SECRET=${entra?.clientSecret}`,
    `AZURE_AUTHORITY_HOST=${location.origin}`,
    "",
  ].join("\n");
}
