/**
 * The page: a panel for each way to use ACS identity in a browser, and the library's log below.
 *
 * README.md says what each way is for.
 */
import { fillEndpointPanel } from "./endpointPanel.js";
import { fillEntraPanel } from "./entraPanel.js";
import { readEnvironment } from "./environment.js";
import { fillKeyPanel } from "./keyPanel.js";
import { showLibraryLog } from "./libraryLog.js";

const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}`);
  return element;
};

function select(chosen: HTMLElement): void {
  for (const tab of document.querySelectorAll<HTMLElement>("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    byId(tab.getAttribute("aria-controls") ?? "").hidden = tab !== chosen;
  }
}

for (const tab of document.querySelectorAll<HTMLElement>("[role=tab]")) {
  tab.addEventListener("click", () => select(tab));
}
select(byId("tab-endpoint"));
showLibraryLog(byId("log"));

const environment = await readEnvironment();
fillEndpointPanel(byId("endpoint"));
fillKeyPanel(byId("key"), environment);
if (await fillEntraPanel(byId("entra"), environment)) select(byId("tab-entra"));
