// What stands around the lines of docs/tokenEndpoint.md in each server.
export interface Server {
  /** How its row starts. */
  readonly row: string;
  /** Returns the whole module. */
  readonly around: (lines: string) => string;
}

const route =
  'import { createTokenRoute } from "./tokenRoute.js";\nimport { options } from "./options.js";\n';
const issuer =
  'import { createTokenIssuer } from "./tokenRoute.js";\nimport { options, sessions } from "./options.js";\n';
const print = "\nconsole.log((server.address() as { port: number }).port);";

/** Compiled alone. */
export const compiled: Readonly<Record<string, Server>> = {
  svelteKit: {
    row: "SvelteKit",
    around: (lines) => `import type { RequestHandler } from "@sveltejs/kit";\n${route}${lines}`,
  },
  astro: { row: "Astro", around: (lines) => `import type { APIRoute } from "astro";\n${route}${lines}` },
  reactRouter: {
    row: "React Router",
    around: (lines) => `import type { ActionFunctionArgs } from "react-router";\n${route}${lines}`,
  },
  azureFunctions: {
    row: "Azure Functions",
    around: (lines) => `import functions, { app, type HttpRequest } from "@azure/functions";
${issuer}void sessions;
${lines}
const call = async (cookie: string) => {
  const request = new functions.HttpRequest({ url: "http://localhost/token", method: "POST", headers: { cookie } });
  const response = new functions.HttpResponse(await handler(request));
  return [response.status, response.headers.get("Retry-After"), await response.json()];
};
for (const cookie of ["person=alice", "", "person=alice"]) console.log(JSON.stringify(await call(cookie)));`,
  },
};

/** Compiled, and run as a server that prints its port. */
export const servers: Readonly<Record<string, Server>> = {
  express: {
    row: "Express",
    around: (lines) => `import express, { type Request } from "express";
${issuer}const app = express();
${lines}
const server = app.listen(0, "127.0.0.1", () => {${print.replace("\n", " ")} });`,
  },
  fastify: {
    row: "Fastify",
    around: (lines) => `import Fastify, { type FastifyRequest } from "fastify";
${issuer}const app = Fastify();
${lines}
await app.listen({ port: 0, host: "127.0.0.1" });
const { server } = app;${print}`,
  },
  hono: {
    row: "Hono",
    around: (lines) => `import { serve } from "@hono/node-server";
import { Hono } from "hono";
${route}const app = new Hono();
${lines}
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(port));`,
  },
  nuxt: {
    row: "Nuxt",
    around: (lines) => `import { createServer } from "node:http";
import { createApp, createRouter, defineEventHandler, toNodeListener, toWebRequest } from "h3";
${route}
${lines.replace("export default", "const handler =")}
const server = createServer(toNodeListener(createApp().use(createRouter().post("/token", handler))));
server.listen(0, "127.0.0.1", () => {${print.replace("\n", " ")} });`,
  },
  webRequests: {
    row: "others",
    around: (lines) => `import { serve } from "@hono/node-server";
${route}
async function fetch(request: Request) {
${lines}
return answer;
}
serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(port));`,
  },
  another: {
    row: "any other",
    around: (lines) => `import { createServer } from "node:http";
${issuer}
const server = createServer(async (request, response) => {
const person = sessions.get(request.headers.cookie ?? "");
${lines}
response.writeHead(status, headers).end(JSON.stringify(body));
});
server.listen(0, "127.0.0.1", () => {${print.replace("\n", " ")} });`,
  },
  nestJs: {
    row: "NestJS",
    around: (lines) => `import "reflect-metadata";
import { Controller, Module, Post, Req, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { Request, Response } from "express";
${issuer}
@Controller()
class TokenController {
${lines}
}

@Module({ controllers: [TokenController] })
class Application {}

const app = await NestFactory.create(Application, { logger: false });
await app.listen(0, "127.0.0.1");
const server = app.getHttpServer();${print}`,
  },
};

export const next: Server = {
  row: "Next.js",
  around: (lines) => `import type { NextRequest } from "next/server";
import { createTokenRoute } from "./tokenRoute";
import { options as shared } from "./options";
const options = {
  ...shared,
  whoIsCalling: async ({ cookies }: NextRequest) => cookies.get("person")?.value,
};
${lines}`,
};
