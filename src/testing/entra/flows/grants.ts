import { type Claims, checkedExpiry, claimText, readJwt } from "../../jwt/jwt.js";
import { isSignedHere, verifiedClaims } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";
import type { Application } from "../../state/entries/principals.js";
import {
  applicationNotFound,
  EntraError,
  invalidGrant,
  missingParameter,
  moreThanOneResource,
  noClientCredential,
  shortened,
  unknownDeviceCode,
  userNotFound,
} from "../errors/entraError.js";
import {
  type EntraRequest,
  isInTenant,
  requestedApplication,
  requestedScopes,
  requiredParameter,
} from "../request/entraRequest.js";
import type { ClientProof } from "../tokens/entraClaims.js";
import {
  applicationTokens,
  type TokenResponse,
  type UserGrant,
  userTokens,
} from "../tokens/tokenResponse.js";
import { readCode, redeemOnce } from "./authorizationCode.js";
import { authenticateClient } from "./clientAuthentication.js";
import { completedSignIn } from "./deviceSignIn.js";

type Grant = (
  fake: Fake,
  request: EntraRequest,
  application: Application,
  proof: ClientProof,
) => Promise<TokenResponse>;

/** Handles a request to the token endpoint. @throws EntraError for an error response. */
export async function grantTokens(fake: Fake, request: EntraRequest): Promise<TokenResponse> {
  const application = requestedApplication(fake, request);
  const name = requiredParameter(request.parameters, "grant_type");
  const grant = Object.hasOwn(grants, name) ? grants[name] : undefined;
  if (!grant) {
    throw new EntraError(
      "unsupported_grant_type",
      `AADSTS70003: The app requested an unsupported grant type '${shortened(name)}'.`,
    );
  }
  const proof = await authenticateClient(fake, request, application);
  return grant(fake, request, application, proof);
}

const clientCredentials: Grant = async (fake, request, application, proof) => {
  const { tenant, parameters } = request;
  if (tenant !== application.tenantId) throw applicationNotFound(application.clientId, tenant);
  if (proof === "none") throw noClientCredential();
  const scope = requiredParameter(parameters, "scope");
  const { resources } = requestedScopes(fake, scope, application);
  const [resource, another] = resources;
  if (!resource?.permissions.every((permission) => permission === ".default")) {
    throw new EntraError(
      "invalid_scope",
      `AADSTS1002012: The provided value for scope ${shortened(scope)} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  if (another) throw moreThanOneResource(scope);
  return applicationTokens(fake, request, application, resource.audience, proof);
};

const onBehalfOf: Grant = async (fake, request, application, proof) => {
  const { parameters } = request;
  if (proof === "none") throw noClientCredential();
  if (parameters.get("requested_token_use") !== "on_behalf_of") throw missingParameter("requested_token_use");
  const claims = await readAssertion(fake, requiredParameter(parameters, "assertion"), application);
  requiredParameter(parameters, "scope");
  return tokensForUser(fake, request, { application, objectId: claimText(claims.oid), proof });
};

async function readAssertion({ clock }: Fake, assertion: string, { clientId }: Application): Promise<Claims> {
  const jwt = readJwt(assertion);
  if (!jwt || !(await isSignedHere(jwt))) {
    throw invalidGrant(
      "AADSTS50013: Assertion failed signature validation. This authority did not issue it.",
    );
  }
  const { claims } = jwt;
  // The audience is a client id or an application ID URI (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
  if (![clientId, `api://${clientId}`].includes(claimText(claims.aud).toLowerCase())) {
    throw invalidGrant(
      `AADSTS500131: Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '${claimText(claims.aud)}' and the expected audience is '${clientId}'.`,
    );
  }
  const { problem } = checkedExpiry(claims, clock.wallTime);
  if (problem) {
    throw invalidGrant(`AADSTS500133: Assertion is not within its valid time range: it ${problem}.`);
  }
  return claims;
}

const authorizationCode: Grant = async (fake, request, application, proof) => {
  const { parameters } = request;
  const code = await readCode(fake, requiredParameter(parameters, "code"), {
    clientId: application.clientId,
    redirectUri: requiredParameter(parameters, "redirect_uri"),
    verifier: parameters.get("code_verifier"),
  });
  if (proof === "none" && code.challenge === undefined) throw noClientCredential();
  const { objectId, scope, nonce } = code;
  const tokens = await tokensForUser(fake, request, { application, objectId, scope, nonce, proof });
  redeemOnce(fake, code);
  return tokens;
};

const deviceCode: Grant = async (fake, request, application, proof) => {
  const code = requiredParameter(request.parameters, "device_code");
  const { objectId, scope } = completedSignIn(fake, code, application.clientId);
  const tokens = await tokensForUser(fake, request, { application, objectId, scope, proof });
  if (!fake.entra.deviceSignIns.delete(code)) throw unknownDeviceCode();
  return tokens;
};

const refreshToken: Grant = async (fake, request, application, proof) => {
  const claims = await verifiedClaims("refresh", requiredParameter(request.parameters, "refresh_token"));
  if (!claims || claims.clientId !== application.clientId) {
    throw invalidGrant(
      "AADSTS70000: The provided value for the input parameter 'refresh_token' is not valid.",
    );
  }
  if (checkedExpiry(claims, fake.clock.wallTime).problem) {
    throw invalidGrant("AADSTS700082: The refresh token has expired due to inactivity.");
  }
  if (claims.isConfidential === true && proof === "none") throw noClientCredential();
  const [objectId, scope] = [claimText(claims.objectId), claimText(claims.scope)];
  return tokensForUser(fake, request, { application, objectId, scope, keptScope: scope, proof });
};

const grants: Readonly<Record<string, Grant>> = {
  client_credentials: clientCredentials,
  "urn:ietf:params:oauth:grant-type:jwt-bearer": onBehalfOf,
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  "urn:ietf:params:oauth:grant-type:device_code": deviceCode,
  // MSAL's name for it.
  device_code: deviceCode,
};

interface Granted extends Omit<UserGrant, "user" | "scopes"> {
  readonly objectId: string;
  /** The scopes of the sign-in. Absent if there was none. */
  readonly scope?: string;
}

/** @throws EntraError if the user doesn't exist or belongs to another tenant, or the scopes aren't valid. */
function tokensForUser(fake: Fake, request: EntraRequest, granted: Granted): Promise<TokenResponse> {
  const { objectId, scope = "", ...grant } = granted;
  const { application } = grant;
  const user = fake.entra.directory.user(objectId);
  if (!user || !isInTenant(user, request.tenant)) throw userNotFound(objectId, request.tenant);
  const earlier = requestedScopes(fake, scope, application);
  const asked = requestedScopes(fake, request.parameters.get("scope") ?? "", application);
  if (asked.resources.length === 0 && earlier.resources.length > 1) {
    throw new EntraError(
      "invalid_request",
      "AADSTS28003: Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code. Please specify a valid scope.",
    );
  }
  const scopes = {
    openId: [...new Set([...earlier.openId, ...asked.openId])],
    resources: asked.resources.length > 0 ? asked.resources : earlier.resources,
  };
  return userTokens(fake, request, { ...grant, user, scopes });
}
