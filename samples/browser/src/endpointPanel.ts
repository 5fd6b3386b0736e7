import { createTokenRefresher, type TokenRefresher } from "acs-identity/refresher";
import { button, createProblemLine, describeTimeLeft, element, shorten } from "./dom.js";

/** Shows what most apps do. The page has no ACS credential, and imports nothing of the library but the refresher. */
export function fillEndpointPanel(panel: HTMLElement): void {
  const problem = createProblemLine();
  const name = element("input", { id: "name", value: "Alice", autocomplete: "username", maxlength: "60" });
  const result = element("dl", { class: "facts" });

  let refresher: TokenRefresher | undefined;

  const getToken = async () => {
    problem.clear();
    // Each sign-in has a refresher of its own, so that nobody gets another user's token.
    refresher?.stop();
    const headers = { Authorization: `Bearer ${await signIn(name.value)}` };
    let userId = "";
    refresher = createTokenRefresher({
      fetchToken: async (signal) => {
        const response = await fetch("token", { method: "POST", headers, signal });
        if (response.ok) userId = (await response.clone().json()).user.communicationUserId;
        return response;
      },
      onToken: ({ token, expiresOnTimestamp }) =>
        result.replaceChildren(
          ...fact("User", userId),
          ...fact("Token", shorten(token)),
          ...fact("Expires", describeTimeLeft(new Date(expiresOnTimestamp))),
        ),
      onFailure: problem.show,
    });
    // A real app passes `refresher.tokenRefresher` to AzureCommunicationTokenCredential, for the Calling SDK.
    await refresher.getToken();
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

function fact(name: string, value: string): HTMLElement[] {
  return [element("dt", {}, name), element("dd", {}, value)];
}
