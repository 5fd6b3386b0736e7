import { CommunicationIdentityClient, parseConnectionString } from "acs-identity";
import { createConsole } from "./console.js";
import { button, createProblemLine, element } from "./dom.js";
import type { Environment } from "./environment.js";

/** No way for an app: for trying things out on the emulator, whose key is no secret. */
export function fillKeyPanel(panel: HTMLElement, { connectionString }: Environment): void {
  const problem = createProblemLine();
  const input = element("input", { id: "connection-string", spellcheck: "false", value: connectionString });
  const place = element("div");

  const connect = async () => {
    problem.clear();
    place.replaceChildren();
    requireLoopback(parseConnectionString(input.value).endpoint);
    place.replaceChildren(createConsole(new CommunicationIdentityClient(input.value)));
  };

  panel.append(
    element(
      "p",
      { class: "warning" },
      "For the emulator alone. Whoever opens a page has every key that is in it, and can act as any user of the resource.",
    ),
    element(
      "div",
      { class: "row" },
      element("label", { for: "connection-string" }, "Connection string"),
      input,
      button("Connect", connect, problem.show, "primary"),
    ),
    problem.line,
    place,
  );
}

/** @throws Error unless the endpoint is on this machine. */
function requireLoopback(endpoint: string): void {
  const { hostname } = new URL(endpoint);
  if (["localhost", "127.0.0.1", "[::1]"].includes(hostname)) return;
  throw new Error(
    `${hostname} is no emulator on this machine. Keep its key on a server, and use the first tab.`,
  );
}
