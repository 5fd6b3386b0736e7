// A server whose users sign in by a session and get ACS tokens for their calls. Replace the sign-in by yours.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { CommunicationIdentityClient } from "acs-identity";
import { createTokenEndpoint } from "acs-identity/token-endpoint";
import express from "express";
import session from "express-session";

const tokens = createTokenEndpoint({
  client: () => new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? ""),
  // Your database: docs/tokenEndpoint.md has the lines for PostgreSQL, and docs/userIdStores.md those for others.
  userIds: new Map(),
  scopes: ["voip"],
});

const app = express();
app.use(
  session({
    secret: process.env.SESSION_SECRET ?? randomBytes(32).toString("hex"),
    resave: false,
    saveUninitialized: false,
    cookie: { sameSite: "lax", httpOnly: true },
  }),
);

app.post("/token", async (request, response) => {
  const { status, headers, body } = await tokens.respond(() => request.session.userId);
  response.status(status).set(headers).send(body);
});

// It asks for no password: whoever opens the page on this machine is whom he says.
app.post("/sign-in", express.json(), (request, response) => {
  const name = request.body?.name;
  if (typeof name !== "string" || !/^\w{1,50}$/.test(name)) {
    response.status(400).send("Letters and digits, please.");
    return;
  }
  request.session.regenerate((error) => {
    if (error) return response.sendStatus(500);
    request.session.userId = name;
    return response.sendStatus(204);
  });
});

app.post("/sign-out", (request, response) => {
  request.session.destroy((error) => response.sendStatus(error ? 500 : 204));
});

app.use(express.static(fileURLToPath(new URL("public", import.meta.url))));
// The refresher has no dependency, so that a page takes it without a bundler.
const refresher = fileURLToPath(new URL("./", import.meta.resolve("acs-identity/refresher")));
app.use("/refresher", express.static(refresher));

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://localhost:${typeof address === "object" ? address?.port : address}`);
});
