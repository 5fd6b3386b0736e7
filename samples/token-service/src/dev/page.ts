import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";

const files: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "signIn.js": "text/javascript; charset=utf-8",
};

/** Serves the page, and the settings of its sign-in. */
export function addPage(app: FastifyInstance, signInSettings: object): void {
  for (const [name, type] of Object.entries(files)) {
    app.get(name === "index.html" ? "/" : `/${name}`, async (_request, reply) =>
      reply.type(type).send(await readFile(new URL(`../../client/${name}`, import.meta.url))),
    );
  }
  app.get("/refresher.js", async (_request, reply) =>
    reply
      .type("text/javascript; charset=utf-8")
      .send(await readFile(new URL(import.meta.resolve("acs-identity/refresher")))),
  );
  app.get("/dev/settings.json", async () => signInSettings);
}
