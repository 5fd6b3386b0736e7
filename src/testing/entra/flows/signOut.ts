import type { Fake } from "../../service/fake.js";
import type { WireResponse } from "../../wire/wire.js";
import type { EntraRequest } from "../request/entraRequest.js";
import { isAllowedRedirect, redirectTo } from "./redirect.js";
import { donePage } from "./signInPages.js";

/** Redirects back to the app if the app may have that. There is no session to end. */
export async function signOut(fake: Fake, { parameters }: EntraRequest): Promise<WireResponse> {
  const uri = parameters.get("post_logout_redirect_uri") ?? "";
  const state = parameters.get("state");
  if (!fake.entra.directory.applications.some((application) => isAllowedRedirect(uri, application))) {
    return donePage(fake, "You are signed out");
  }
  const url = new URL(uri);
  if (state !== null) url.searchParams.set("state", state);
  return redirectTo(url.href);
}
