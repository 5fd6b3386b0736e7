import type { CommunicationIdentityClient, CommunicationUserIdentifier } from "acs-identity";
import { button, createProblemLine, describeTimeLeft, element, shorten } from "./dom.js";

/** Shows a table in which one can create and delete users, and issue and revoke their tokens. */
export function createConsole(client: CommunicationIdentityClient): HTMLElement {
  const problem = createProblemLine();
  const rows = element("tbody");
  const headings = ["User", "Newest token", ""].map((text) => element("th", { scope: "col" }, text));
  const table = element("table", { hidden: "" }, element("thead", {}, element("tr", {}, ...headings)), rows);

  const create = async () => {
    problem.clear();
    const user = await client.createUser();
    rows.prepend(createRow(client, user, problem));
    table.hidden = false;
  };
  return element(
    "div",
    { class: "console" },
    element("div", { class: "row" }, button("Create a user", create, problem.show, "primary")),
    problem.line,
    table,
  );
}

function createRow(
  client: CommunicationIdentityClient,
  user: CommunicationUserIdentifier,
  problem: ReturnType<typeof createProblemLine>,
): HTMLElement {
  const tokenCell = element("td", {}, "none");

  const issue = async () => {
    problem.clear();
    const { token, expiresOn } = await client.getToken(user, ["chat", "voip"], { tokenExpiresInMinutes: 60 });
    tokenCell.replaceChildren(
      element("code", {}, shorten(token)),
      element("small", {}, `expires ${describeTimeLeft(expiresOn)}`),
    );
  };
  const revoke = async () => {
    problem.clear();
    await client.revokeTokens(user);
    tokenCell.replaceChildren("all revoked");
  };
  const remove = async () => {
    problem.clear();
    await client.deleteUser(user);
    row.remove();
  };

  const row = element(
    "tr",
    {},
    element("td", {}, element("code", { title: user.communicationUserId }, shortUserId(user))),
    tokenCell,
    element(
      "td",
      { class: "actions" },
      button("Issue", issue, problem.show),
      button("Revoke", revoke, problem.show),
      button("Delete", remove, problem.show, "danger"),
    ),
  );
  return row;
}

/** Leaves out the first part, which is the same for all users of a resource. */
function shortUserId({ communicationUserId }: CommunicationUserIdentifier): string {
  return `8:acs:…_${communicationUserId.split("_")[1]}`;
}
