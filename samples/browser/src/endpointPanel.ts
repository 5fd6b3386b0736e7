import type { CommunicationUserToken } from "acs-identity";
import { button, createProblemLine, describeTimeLeft, element, shorten } from "./dom.js";

/** Shows what most apps do. The page has no ACS credential, and imports only the library's types. */
export function fillEndpointPanel(panel: HTMLElement): void {
  const problem = createProblemLine();
  const name = element("input", { id: "name", value: "Alice", autocomplete: "username", maxlength: "60" });
  const result = element("dl", { class: "facts" });

  const getToken = async () => {
    problem.clear();
    const { user, token, expiresOn } = await requestToken(await signIn(name.value));
    result.replaceChildren(
      ...fact("User", user.communicationUserId),
      ...fact("Token", shorten(token)),
      ...fact("Expires", describeTimeLeft(expiresOn)),
    );
  };

  panel.append(
    element(
      "p",
      {},
      "The page sends its sign-in to a server, which holds the key and returns a token for exactly that user.",
    ),
    element(
      "div",
      { class: "row" },
      element("label", { for: "name" }, "Sign in as"),
      name,
      button("Get my token", getToken, problem.show, "primary"),
    ),
    problem.line,
    result,
  );
}

/** A real app gets this token from its sign-in library. */
async function signIn(name: string): Promise<string> {
  const response = await fetch("dev/sign-in", { method: "POST", body: name });
  if (!response.ok) throw new Error("Enter a name to sign in");
  const { token } = (await response.json()) as { token: string };
  return token;
}

/** A real app also renews the token, for example with samples/token-service/client/tokenKeeper.js. */
async function requestToken(signInToken: string): Promise<CommunicationUserToken> {
  const headers = { Authorization: `Bearer ${signInToken}` };
  const response = await fetch("token", { method: "POST", headers });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return { ...body, expiresOn: new Date(body.expiresOn) };
}

function fact(name: string, value: string): HTMLElement[] {
  return [element("dt", {}, name), element("dd", {}, value)];
}
