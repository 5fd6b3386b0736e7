import type { Fake, FakeContext } from "../service/fake.js";
import type { Call } from "../wire/call.js";
import type { PlainRow, Table } from "../wire/table.js";
import { uncachedJson } from "../wire/uncachedJson.js";
import type { WireResponse } from "../wire/wire.js";
import { passwordRemedy } from "./errors/authorityRemedies.js";
import { EntraError } from "./errors/entraError.js";
import { jsonRefusal, toEntraError } from "./errors/jsonRefusal.js";
import { signIn } from "./flows/authorize.js";
import { devicePage, startDeviceSignIn } from "./flows/deviceSignIn.js";
import { instanceDiscovery, openIdConfiguration, publishedKeys } from "./flows/discovery.js";
import { grantTokens } from "./flows/grants.js";
import {
  identityPath,
  imdsPath,
  managedIdentityRefusal,
  managedIdentityToken,
} from "./flows/managedIdentity.js";
import { refusalPage } from "./flows/signInPages.js";
import { signOut } from "./flows/signOut.js";
import { userInfo, userInfoPath } from "./flows/userInfo.js";
import { type EntraRequest, readEntraRequest } from "./request/entraRequest.js";

/** Responds to a request, or throws an EntraError. */
type Handle<Result> = (fake: Fake, request: EntraRequest, call: Call) => Result | Promise<Result>;

type Refuse = (fake: Fake, error: EntraError, call: Call) => WireResponse | Promise<WireResponse>;

/** The Entra ID authority of the service, which has the same host: what apps, browsers and managed identities use. */
export const entraTables: readonly Table<FakeContext>[] = [
  entraTable(true, jsonRefusal, [
    json("POST", "/{tenant}/oauth2/v2.0/token", grantTokens),
    json("POST", "/{tenant}/oauth2/v2.0/devicecode", startDeviceSignIn),
    json("POST", "/{tenant}/oauth2/token", () => {
      throw notEmulated("The token endpoint of version 1.0", "Use /oauth2/v2.0/token, as MSAL does.");
    }),
    // What MSAL asks first if a user signs in with a password.
    json("GET", "/{tenant}/userrealm/{user}", () => {
      throw notEmulated("Sign-in with a password", passwordRemedy);
    }),
    json("GET", "/{tenant}/v2.0/.well-known/openid-configuration", openIdConfiguration("/v2.0")),
    // The tokens for ACS have version 1.0, which has a configuration of its own.
    json("GET", "/{tenant}/.well-known/openid-configuration", openIdConfiguration("/")),
    json("GET", "/{tenant}/discovery/v2.0/keys", publishedKeys),
    json("GET", "/{tenant}/discovery/keys", publishedKeys),
    json("GET", "/{tenant}/discovery/instance", instanceDiscovery),
    json("GET", userInfoPath, userInfo),
    json("POST", userInfoPath, userInfo),
  ]),
  // People read the responses of this table, so its refusals are pages.
  {
    ...entraTable(false, refusalPage, [
      ...pages("/{tenant}/oauth2/v2.0/authorize", signIn),
      ...pages("/{tenant}/oauth2/v2.0/logout", signOut),
      row("GET", "/{tenant}/oauth2/deviceauth", devicePage),
      ...pages("/{tenant}/oauth2/authorize", () => {
        throw notEmulated("Sign-in of version 1.0", "Use /oauth2/v2.0/authorize, as MSAL does.");
      }),
      ...pages("/{tenant}/oauth2/logout", () => {
        throw notEmulated("Sign-out of version 1.0", "Use /oauth2/v2.0/logout, as MSAL does.");
      }),
      ...["/{tenant}/adminconsent", "/{tenant}/v2.0/adminconsent"].flatMap((path) =>
        pages(path, () => {
          throw notEmulated("A page for consent", "The emulator's own page gives it, under Entra ID.");
        }),
      ),
    ]),
    rewritePath: withoutServicePaths,
  },
  // The headers that managed identities require keep web pages away.
  {
    ...entraTable(
      false,
      managedIdentityRefusal,
      [identityPath, imdsPath].map((path) => json("GET", path, managedIdentityToken, "own host")),
    ),
    rewritePath: withoutOuterSlashes,
  },
];

function row(
  method: string,
  path: string,
  handle: Handle<WireResponse>,
  guard: PlainRow<FakeContext>["guard"] = "allowed host",
): PlainRow<FakeContext> {
  return {
    method,
    path,
    guard,
    handle: ({ fake }, call) => handle(fake, readEntraRequest(fake, call), call),
  };
}

/** @param handle - Returns the content of the response. */
function json(
  method: string,
  path: string,
  handle: Handle<object>,
  guard?: PlainRow<FakeContext>["guard"],
): PlainRow<FakeContext> {
  return row(method, path, async (...input) => uncachedJson(200, await handle(...input)), guard);
}

/** Creates the rows of a page, whose parameters may stand in the query or in a form (OpenID Connect Core, 3.1.2.1). */
function pages(path: string, handle: Handle<WireResponse>): PlainRow<FakeContext>[] {
  return ["GET", "POST"].map((method) => row(method, path, handle));
}

function entraTable(
  cors: boolean,
  refuse: Refuse,
  rows: readonly PlainRow<FakeContext>[],
): Table<FakeContext> {
  return {
    base: "",
    rows,
    cors,
    onError: async ({ fake }, call, error) => {
      const refusal = toEntraError(error);
      const { diagnosis } = refusal.options;
      if (diagnosis !== undefined) call.remarks.push(diagnosis);
      return { ...(await refuse(fake, refusal, call)), refusal };
    },
    log: ({ fake }, call, response) => fake.requestLog.add(fake.clock.time, call, response),
  };
}

/** Leaves the service's own paths to its table: a user's id in them may be any text, such as `oauth2`. */
function withoutServicePaths(_context: unknown, path: string): string {
  return path.startsWith("/identities/") ? "" : path;
}

/** Some clients add slashes to the address from their environment. */
function withoutOuterSlashes(_context: unknown, path: string): string {
  return path.replace(/^\/+/, "/").replace(/\/$/, "");
}

function notEmulated(what: string, remedy: string): EntraError {
  return new EntraError("not_emulated", `${what} isn't emulated. ${remedy}`, 404);
}
