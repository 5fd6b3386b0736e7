import { readFile } from "node:fs/promises";
import type { FakeIdentityService } from "acs-identity/testing";
import type { FastifyInstance } from "fastify";

const script = "text/javascript; charset=utf-8";
const files: readonly (readonly [path: string, type: string, file: string])[] = [
  ["/", "text/html; charset=utf-8", new URL("../../client/index.html", import.meta.url).href],
  ["/page.js", script, new URL("../../client/page.js", import.meta.url).href],
  ["/refresher.js", script, import.meta.resolve("acs-identity/refresher")],
];

/** Serves the page, and signs in whichever of the emulator's users it picks. */
export function addPage(
  app: FastifyInstance,
  { entra, createTokenCredential }: FakeIdentityService,
  clientId: string,
): void {
  for (const [path, type, file] of files) {
    app.get(path, async (_request, reply) => reply.type(type).send(await readFile(new URL(file))));
  }
  app.get("/dev/users", async () => entra.users.map(({ objectId, name }) => ({ objectId, name })));
  app.get<{ Params: { objectId: string } }>(
    "/dev/sign-in/:objectId",
    async ({ params: { objectId } }, reply) => {
      const signIn = await createTokenCredential({ objectId, clientId }).getToken(
        `${clientId}/access_as_user`,
      );
      return reply.type("text/plain").send(signIn?.token);
    },
  );
}
