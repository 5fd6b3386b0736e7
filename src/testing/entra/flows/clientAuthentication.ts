import type { Directory } from "../../directory/directory.js";
import { checkedExpiry, claimText, type Jwt, readJwt } from "../../jwt/jwt.js";
import type { Fake } from "../../service/fake.js";
import { publicKeyIn } from "../../state/entries/pem.js";
import type { Application } from "../../state/entries/principals.js";
import {
  invalidClient,
  missingParameter,
  notFederated,
  shortened,
  wrongSecret,
} from "../errors/entraError.js";
import type { EntraRequest } from "../request/entraRequest.js";
import type { ClientProof } from "../tokens/entraClaims.js";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How to verify a JWT, by its `alg`. */
const algorithms: Readonly<Record<string, { key: RsaHashedImportParams; verify: RsaPssParams | Algorithm }>> =
  {
    RS256: {
      key: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      verify: { name: "RSASSA-PKCS1-v1_5" },
    },
    PS256: { key: { name: "RSA-PSS", hash: "SHA-256" }, verify: { name: "RSA-PSS", saltLength: 32 } },
  };

/**
 * Checks the secret or assertion of a client.
 * @throws EntraError if the secret or assertion is wrong.
 */
export async function authenticateClient(
  fake: Fake,
  { tenant, parameters }: EntraRequest,
  application: Application,
): Promise<ClientProof> {
  const secret = parameters.get("client_secret");
  const assertion = parameters.get("client_assertion");
  if (secret !== null) {
    if (!application.clientSecrets.includes(secret)) throw wrongSecret(application.clientId);
    return "secret";
  }
  if (assertion === null) return "none";
  if (parameters.get("client_assertion_type") !== assertionType)
    throw missingParameter("client_assertion_type");
  await checkAssertion(fake, assertion, application, tenant);
  return "certificate";
}

async function checkAssertion(
  { clock, entra: { directory } }: Fake,
  assertion: string,
  { clientId, certificates }: Application,
  tenant: string,
): Promise<void> {
  // Python's asynchronous client pads the base64url and signs the padded text. Entra ID accepts that.
  const jwt = readJwt(assertion, { isPaddingAllowed: true });
  if (!jwt) throw invalidClient("AADSTS50027: JWT token is invalid or malformed.");
  const { iss, sub, aud, exp } = jwt.claims;
  if (iss !== clientId && URL.canParse(claimText(iss))) {
    throw invalidClient(
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${shortened(claimText(iss))}'. ${notFederated}`,
    );
  }
  if (iss !== clientId || sub !== clientId) {
    throw invalidClient(
      "AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter. Check the claims iss and sub.",
    );
  }
  if (!(await isSignedByAny(certificates, jwt))) {
    throw invalidClient(
      certificates.length > 0
        ? "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application."
        : "AADSTS700027: Client assertion failed signature validation: the application has no certificate. Register one.",
    );
  }
  // MSAL for .NET writes it as a text. Entra ID accepts that.
  const { problem } = checkedExpiry(
    { exp: /^\d+$/.test(claimText(exp)) ? Number(exp) : exp },
    clock.wallTime,
  );
  if (problem) {
    throw invalidClient(`AADSTS700024: Client assertion is not within its valid time range: it ${problem}.`);
  }
  if (!isOwnAudience(aud, tenant, directory)) {
    throw invalidClient(
      "AADSTS700023: Client assertion audience claim does not match Realm issuer. Use the URL of the token endpoint.",
    );
  }
}

/** Accepts the token endpoint or the issuer, with any host that the client may use for this one. */
function isOwnAudience(audience: unknown, tenant: string, directory: Directory): boolean {
  const url = claimText(audience);
  const { pathname = "" } = URL.canParse(url) ? new URL(url) : {};
  const [, name = "", ...endpoint] = pathname.toLowerCase().split("/");
  const endpoints = ["oauth2/v2.0/token", "oauth2/token", "v2.0", ""];
  return directory.tenantNamed(name) === tenant && endpoints.includes(endpoint.join("/"));
}

async function isSignedByAny(
  certificates: readonly string[],
  { header, signed, signature }: Jwt,
): Promise<boolean> {
  const algorithm = algorithms[claimText(header.alg)];
  if (!algorithm) return false;
  const bytes = new TextEncoder().encode(signed);
  for (const pem of certificates) {
    const key = await importKey(pem, algorithm.key);
    if (key && (await crypto.subtle.verify(algorithm.verify, key, signature, bytes))) return true;
  }
  return false;
}

/** Returns undefined if the PEM has no RSA key, because it can't have signed anything then. */
async function importKey(pem: string, algorithm: RsaHashedImportParams): Promise<CryptoKey | undefined> {
  const publicKey = publicKeyIn(pem);
  if (!publicKey) return undefined;
  try {
    return await crypto.subtle.importKey("spki", publicKey, algorithm, false, ["verify"]);
  } catch {
    return undefined;
  }
}
