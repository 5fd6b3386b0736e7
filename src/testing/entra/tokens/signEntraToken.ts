import { signJwt } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";
import { type AccessTokenContent, accessTokenClaims } from "./entraClaims.js";

/** Signs a token that nobody signed in for, as one of the service's own authority. */
export async function signEntraToken(
  fake: Fake,
  content: Omit<AccessTokenContent, "authorityHost">,
): Promise<string> {
  const authorityHost = fake.endpoint.replace(/\/$/, "");
  return signJwt(await accessTokenClaims({ ...content, authorityHost }));
}
