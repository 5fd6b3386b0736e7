// Web apps with sign-in libraries as their documentation has them. Only authority, ids and secret are an emulator's. Each is
// below a path with the name of its row in signIn.test.ts, and answers its callback with what it learned, in JSON.
import { once } from "node:events";
import { decodeIdToken, generateCodeVerifier, generateState, MicrosoftEntraId } from "arctic";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import express from "express";
import openidConnect from "express-openid-connect";
import session from "express-session";
import next from "next";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

const { AUTHORITY_HOST, TENANT_ID, CLIENT_ID, CLIENT_SECRET, COMMUNICATION_ENDPOINT } = process.env;
const issuer = `${AUTHORITY_HOST}/${TENANT_ID}/v2.0`;
const acs = "https://communication.azure.com//.default";
const openIdScopes = ["openid", "profile", "email", "offline_access"];
const scope = [...openIdScopes, acs].join(" ");

/** Creates an ACS user with an Entra token, and returns its id. */
async function createUser(accessToken) {
  const response = await fetch(`${COMMUNICATION_ENDPOINT}/identities?api-version=2023-10-01`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  const body = await response.json();
  if (response.status !== 201) throw new Error(JSON.stringify(body));
  return body.identity.id;
}

const app = express();
const server = app.listen(0, "localhost");
await once(server, "listening");
const origin = `http://localhost:${server.address().port}`;
app.use(session({ secret: "a secret", resave: false, saveUninitialized: true }));

/** The address of a request, with the app's own origin. */
const urlOf = (request) => new URL(request.originalUrl, origin);

// openid-client: signs in for the profile, and renews for ACS.
{
  const config = await client.discovery(new URL(issuer), CLIENT_ID, CLIENT_SECRET);
  app.get("/openid-client/login", async ({ session }, response) => {
    session.verifier = client.randomPKCECodeVerifier();
    session.state = client.randomState();
    const parameters = {
      redirect_uri: `${origin}/openid-client/callback`,
      scope: openIdScopes.join(" "),
      code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: "S256",
      state: session.state,
    };
    response.redirect(client.buildAuthorizationUrl(config, parameters).href);
  });
  app.get("/openid-client/callback", async (request, response) => {
    const { verifier, state } = request.session;
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    const tokens = await client.authorizationCodeGrant(config, urlOf(request), checks);
    const { sub } = tokens.claims();
    const { name, email } = await client.fetchUserInfo(config, tokens.access_token, sub);
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, { scope: acs });
    const again = await client.refreshTokenGrant(config, renewed.refresh_token, { scope: acs });
    const users = [await createUser(renewed.access_token), await createUser(again.access_token)];
    response.json({ name, email, users });
  });
  app.get("/openid-client/logout", (_, response) => {
    const post_logout_redirect_uri = `${origin}/signedOut`;
    response.redirect(client.buildEndSessionUrl(config, { post_logout_redirect_uri }).href);
  });
}

// openid-client again, with the hybrid flow: it checks the hash of the code in the ID token.
{
  const config = await client.discovery(new URL(issuer), CLIENT_ID, CLIENT_SECRET);
  client.useCodeIdTokenResponseType(config);
  app.get("/openid-client-hybrid/login", ({ session }, response) => {
    session.nonce = client.randomNonce();
    const parameters = { redirect_uri: `${origin}/openid-client-hybrid/callback`, scope };
    const url = client.buildAuthorizationUrl(config, {
      ...parameters,
      response_mode: "form_post",
      nonce: session.nonce,
    });
    response.redirect(url.href);
  });
  app.post("/openid-client-hybrid/callback", express.text({ type: "*/*" }), async (request, response) => {
    const { body, session } = request;
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const posted = new Request(urlOf(request), { method: "POST", headers, body });
    const tokens = await client.authorizationCodeGrant(config, posted, { expectedNonce: session.nonce });
    const { name, email } = tokens.claims();
    response.json({ name, email, users: [await createUser(tokens.access_token)] });
  });
}

// oauth4webapi, with client_secret_basic.
{
  const discovery = await oauth.discoveryRequest(new URL(issuer));
  const as = await oauth.processDiscoveryResponse(new URL(issuer), discovery);
  const own = { client_id: CLIENT_ID };
  const authentication = oauth.ClientSecretBasic(CLIENT_SECRET);
  const redirectUri = `${origin}/oauth4webapi/callback`;
  app.get("/oauth4webapi/login", async ({ session }, response) => {
    session.verifier = oauth.generateRandomCodeVerifier();
    session.nonce = oauth.generateRandomNonce();
    const url = new URL(as.authorization_endpoint);
    url.search = new URLSearchParams({
      ...own,
      redirect_uri: redirectUri,
      response_type: "code",
      scope,
      nonce: session.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: "S256",
    });
    response.redirect(url.href);
  });
  app.get("/oauth4webapi/callback", async (request, response) => {
    const { verifier, nonce } = request.session;
    const params = oauth.validateAuthResponse(as, own, urlOf(request));
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      own,
      authentication,
      params,
      redirectUri,
      verifier,
    );
    const options = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(as, own, answer, options);
    await oauth.validateApplicationLevelSignature(as, answer);
    const { name, email } = oauth.getValidatedIdTokenClaims(tokens);
    const renewing = await oauth.refreshTokenGrantRequest(as, own, authentication, tokens.refresh_token);
    const renewed = await oauth.processRefreshTokenResponse(as, own, renewing);
    const users = [await createUser(tokens.access_token), await createUser(renewed.access_token)];
    response.json({ name, email, users });
  });
  app.get("/oauth4webapi/logout", (_, response) => response.redirect(as.end_session_endpoint));
}

// arctic, whose authority is in its code.
{
  const entraId = new MicrosoftEntraId(TENANT_ID, CLIENT_ID, CLIENT_SECRET, `${origin}/arctic/callback`);
  app.get("/arctic/login", ({ session }, response) => {
    session.verifier = generateCodeVerifier();
    const url = entraId.createAuthorizationURL(generateState(), session.verifier, scope.split(" "));
    url.searchParams.set("nonce", "a nonce");
    response.redirect(url.href);
  });
  app.get("/arctic/callback", async ({ query, session }, response) => {
    const tokens = await entraId.validateAuthorizationCode(query.code, session.verifier);
    const { name, email } = decodeIdToken(tokens.idToken());
    const renewed = await entraId.refreshAccessToken(tokens.refreshToken(), scope.split(" "));
    const users = [await createUser(tokens.accessToken()), await createUser(renewed.accessToken())];
    response.json({ name, email, users });
  });
}

// better-auth, without Graph's photo.
{
  const auth = betterAuth({
    baseURL: `${origin}/better-auth`,
    secret: "a secret that is as long as better-auth wants it to be",
    socialProviders: {
      microsoft: {
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        tenantId: TENANT_ID,
        authority: AUTHORITY_HOST,
        disableProfilePhoto: true,
        disableDefaultScope: true,
        scope: scope.split(" "),
      },
    },
  });
  app.get("/better-auth/login", async (_, response) => {
    const body = { provider: "microsoft", callbackURL: `${origin}/better-auth-done` };
    const { headers, response: started } = await auth.api.signInSocial({ body, returnHeaders: true });
    response.setHeader("Set-Cookie", headers.getSetCookie());
    response.redirect(started.url);
  });
  app.get("/better-auth-done", async (request, response) => {
    const headers = new Headers({ cookie: request.headers.cookie });
    const { user } = await auth.api.getSession({ headers });
    const [account] = await auth.api.listUserAccounts({ headers });
    const body = { accountId: account.id };
    const { accessToken } = await auth.api.getAccessToken({ body, headers });
    const renewed = await auth.api.refreshToken({ body, headers });
    const users = [await createUser(accessToken), await createUser(renewed.accessToken)];
    response.json({ name: user.name, email: user.email, users });
  });
  app.all("/better-auth/*path", toNodeHandler(auth));
}

// passport-openidconnect: by default it reads the profile, for which its token is then; for ACS it skips that.
for (const [name, options] of [
  ["passport-openidconnect", { scope: ["profile", "email"] }],
  ["passport-for-acs", { scope: ["profile", "email", acs], skipUserProfile: true }],
]) {
  const configuration = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const strategy = new OpenIDConnectStrategy(
    {
      issuer,
      authorizationURL: configuration.authorization_endpoint,
      tokenURL: configuration.token_endpoint,
      userInfoURL: configuration.userinfo_endpoint,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${origin}/${name}/callback`,
      ...options,
    },
    (_issuer, { displayName, emails }, _context, _idToken, accessToken, _refreshToken, done) =>
      done(null, { name: displayName, email: emails?.[0].value, accessToken }),
  );
  passport.use(name, strategy);
  app.get(`/${name}/login`, passport.authenticate(name));
  app.get(
    `/${name}/callback`,
    passport.authenticate(name, { session: false, failWithError: true }),
    async ({ user: { name: userName, email, accessToken } }, response) => {
      const users = options.skipUserProfile ? [await createUser(accessToken)] : [];
      response.json({ name: userName, email, users });
    },
  );
}

// express-openid-connect: by an ID token alone, which is its default, and with a code.
for (const [name, options] of [
  ["express-openid-connect", {}],
  [
    "express-openid-connect-code",
    { clientSecret: CLIENT_SECRET, authorizationParams: { response_type: "code", scope } },
  ],
]) {
  const router = express.Router();
  router.use(
    openidConnect.auth({
      issuerBaseURL: issuer,
      baseURL: `${origin}/${name}`,
      clientID: CLIENT_ID,
      secret: "a secret that is as long as it should be",
      authRequired: false,
      idpLogout: true,
      routes: { postLogoutRedirect: `${origin}/signedOut` },
      ...options,
    }),
  );
  router.get("/", async ({ oidc }, response) => {
    const { name: userName, email } = oidc.user;
    const users = [];
    if (oidc.accessToken) {
      users.push(await createUser(oidc.accessToken.access_token));
      users.push(await createUser((await oidc.accessToken.refresh()).access_token));
    }
    response.json({ name: userName, email, users });
  });
  app.use(`/${name}`, router);
}

app.get("/signedOut", (_, response) => response.json("signed out"));

// Auth.js 5 and next-auth 4 are in an app of Next.js, which has all other paths.
process.env.NEXTAUTH_URL = `${origin}/auth4`;
process.env.AUTH_URL = `${origin}/api/auth`;
const nextApp = next({
  dev: true,
  dir: `${import.meta.dirname}/next`,
  hostname: "localhost",
  port: server.address().port,
});
await nextApp.prepare();
const handle = nextApp.getRequestHandler();
app.all("/*path", (request, response) => handle(request, response));

console.log(origin);
