import { CommunicationIdentityClient, parseConnectionString } from "acs-identity";
import { createConsole } from "./console.js";
import { button, createProblemLine, element } from "./dom.js";
import type { Environment } from "./environment.js";

/** For trying things out on the emulator, whose key isn't secret. Don't do this in an app. */
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
      "For the emulator only. Everyone who opens a page has every key that is in it, and can act as any user of the resource.",
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

/** @throws Error if the endpoint isn't on this machine. */
function requireLoopback(endpoint: string): void {
  const { hostname } = new URL(endpoint);
  if (["localhost", "127.0.0.1", "[::1]"].includes(hostname)) return;
  throw new Error(
    `${hostname} isn't an emulator on this machine. Keep its key on a server, and use the first tab.`,
  );
}
