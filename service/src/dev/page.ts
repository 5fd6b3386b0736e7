import { readFile } from "node:fs/promises";
import type { FakeIdentityService } from "acs-identity/testing";
import type { FastifyInstance } from "fastify";

const files = {
  "/": new URL("../../demonstrationPage/index.html", import.meta.url).href,
  "/page.js": new URL("../../demonstrationPage/page.js", import.meta.url).href,
  "/refresher.js": import.meta.resolve("acs-identity/refresher"),
};

/** Serves the page, and signs in whichever of the emulator's users it picks. */
export function addPage(
  app: FastifyInstance,
  { entra, createTokenCredential }: FakeIdentityService,
  clientId: string,
): void {
  for (const [path, file] of Object.entries(files)) {
    const type = file.endsWith(".html") ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8";
    app.get(path, async (_request, reply) => reply.type(type).send(await readFile(new URL(file))));
  }
  app.get("/dev/users", async () => entra.users.map(({ objectId, name }) => ({ objectId, name })));
  app.get<{ Params: { objectId: string } }>("/dev/sign-in/:objectId", async ({ params: { objectId } }) => {
    const credential = createTokenCredential({ objectId, clientId });
    return (await credential.getToken(`${clientId}/access_as_user`))?.token;
  });
}
