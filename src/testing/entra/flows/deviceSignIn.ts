import type { Fake } from "../../service/fake.js";
import type { WireResponse } from "../../wire/wire.js";
import {
  applicationNotFound,
  EntraError,
  invalidScope,
  unknownDeviceCode,
  userNotFound,
} from "../errors/entraError.js";
import { checkConsent } from "../request/consent.js";
import {
  type EntraRequest,
  isInTenant,
  requestedApplication,
  requestedScopes,
  requiredParameter,
  usersInTenant,
} from "../request/entraRequest.js";
import { choicePage, codePage, donePage } from "./signInPages.js";

export const lifetimeInSeconds = 900;

/** How many sign-ins are remembered. Anybody can send such requests, so there is a limit; a client needs a fraction of it. */
const mostSignIns = 1000;
const longestScope = 4096;

/** Returns the code that the user has to enter. @throws EntraError if the application or scope doesn't exist. */
export function startDeviceSignIn(fake: Fake, request: EntraRequest): object {
  const { tenant, authorityHost, parameters } = request;
  const application = requestedApplication(fake, request);
  const { clientId } = application;
  const scope = requiredParameter(parameters, "scope");
  if (scope.length > longestScope) throw invalidScope(scope);
  requestedScopes(fake, scope, application);
  const { deviceSignIns } = fake.entra;
  const now = fake.clock.wallTime;
  for (const [code, { expiresAt }] of deviceSignIns) if (expiresAt < now) deviceSignIns.delete(code);
  const deviceCode = crypto.randomUUID();
  const userCode = deviceCode
    .replace(/[^\da-f]/g, "")
    .slice(0, 9)
    .toUpperCase();
  const expiresAt = now + lifetimeInSeconds * 1000;
  // A copy, because a part of a text keeps the whole request in memory.
  deviceSignIns.set(deviceCode, structuredClone({ userCode, tenant, clientId, scope, expiresAt }));
  const [oldest] = deviceSignIns.keys();
  if (deviceSignIns.size > mostSignIns && oldest !== undefined) deviceSignIns.delete(oldest);
  const verificationUri = `${authorityHost}/common/oauth2/deviceauth`;
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: lifetimeInSeconds,
    interval: 1,
    message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  };
}

/** The page where a user enters the code and signs in, without a password. A `login_hint` picks the user. */
export async function devicePage(fake: Fake, { parameters: query }: EntraRequest): Promise<WireResponse> {
  const { directory, deviceSignIns } = fake.entra;
  const userCode = (query.get("user_code") ?? "").trim().toUpperCase();
  const signIn = [...deviceSignIns.values()].find((one) => one.userCode === userCode);
  if (!signIn || signIn.expiresAt < fake.clock.wallTime) return codePage(fake, userCode);
  const application = directory.application(signIn.clientId);
  if (!application) throw applicationNotFound(signIn.clientId, signIn.tenant);
  const username = query.get("login_hint");
  if (username === null) {
    const users = usersInTenant(fake, signIn.tenant);
    return choicePage(fake, application, users, new URLSearchParams({ user_code: userCode }));
  }
  const user = directory.userByName(username);
  if (!user || !isInTenant(user, signIn.tenant)) throw userNotFound(username, signIn.tenant);
  const { resources } = requestedScopes(fake, signIn.scope, application);
  checkConsent(fake, resources, application, user.tenantId);
  signIn.objectId = user.objectId;
  return donePage(fake, "You have signed in");
}

/** Returns the user and scopes of a device code. @throws EntraError until a user has signed in. */
export function completedSignIn(
  { clock, entra: { deviceSignIns } }: Fake,
  deviceCode: string,
  clientId: string,
): { readonly objectId: string; readonly scope: string } {
  const signIn = deviceSignIns.get(deviceCode);
  if (!signIn || signIn.clientId !== clientId) throw unknownDeviceCode();
  const { objectId, scope, expiresAt } = signIn;
  if (expiresAt < clock.wallTime) {
    throw new EntraError(
      "expired_token",
      "AADSTS70020: The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    );
  }
  if (objectId === undefined) {
    throw new EntraError(
      "authorization_pending",
      "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    );
  }
  return { objectId, scope };
}
