import type { Fake } from "../../service/fake.js";
import type { Application } from "../../state/entries/principals.js";
import type { WireResponse } from "../../wire/wire.js";
import { formPostResponse } from "./signInPages.js";

/** Where and how a sign-in redirects the browser. */
export interface Redirect {
  readonly uri: string;
  readonly mode: "query" | "fragment" | "form_post";
  readonly parameters: Readonly<Record<string, string>>;
}

export async function redirectResponse(
  fake: Fake,
  { uri, mode, parameters }: Redirect,
): Promise<WireResponse> {
  if (mode === "form_post") return formPostResponse(fake, uri, parameters);
  const url = new URL(uri);
  if (mode === "fragment") url.hash = new URLSearchParams(parameters).toString();
  else for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return redirectTo(url.href);
}

/** Sends the browser to a URL. */
export function redirectTo(url: string): WireResponse {
  return {
    status: 302,
    headers: [
      ["Location", url],
      ["Content-Length", "0"],
      ["Cache-Control", "no-store"],
      ["Referrer-Policy", "no-referrer"],
    ],
    chunked: false,
  };
}

/** Allows redirects to a loopback address or a registered URI only, so that no code goes anywhere else. */
export function isAllowedRedirect(uri: string, { redirectUris }: Application): boolean {
  if (redirectUris.includes(uri)) return true;
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return (
    ["http:", "https:"].includes(protocol) &&
    /^(?:localhost|[\w-]+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
  );
}
