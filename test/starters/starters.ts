// A starter for each row of docs/tokenEndpoint.md and for front ends.
import { asCommonJs, blockOf, linesOf, withoutTypes } from "./pages.js";

export interface Starter {
  /**
   * The command of its generator, which makes the folder `app`. Where a generator takes its template from elsewhere than
   * npm, or there is none: the files that matter, in words of our own.
   */
  readonly project: string | Readonly<Record<string, string>>;
  /** What it needs besides from npm, according to the page. */
  readonly packages?: readonly string[];
  /** The path of the sample in it; the extension says which edition. */
  readonly tokenRoute?: string;
  /** What somebody adds to its files: by path, the new text for the old, which is empty if there is no such file. */
  readonly paste: Readonly<Record<string, (before: string) => string>>;
  /** Its own type check, linter, build and tests. */
  readonly checks: readonly string[];
  /** Starts it on the port $PORT. */
  readonly start: string;
  /** The path of the token endpoint. */
  readonly endpoint?: string;
  /** Whether its page shows the token in an `output`. Without an endpoint of its own it gets one from the test. */
  readonly page?: boolean;
}

/** The block of options, with a session. */
const options = `${blockOf("docs/tokenEndpoint.md", "ts")}sessions.set("person=alice", "alice");\n`;
const issuer = `import { createTokenIssuer } from "./tokenRoute.js";\n${options}`;
const route = `import { createTokenRoute } from "./tokenRoute.js";\n${options}`;
const javaScriptIssuer = withoutTypes(issuer).replace("tokenRoute.js", "tokenRoute.mjs");
const commonJsIssuer = asCommonJs(withoutTypes(issuer).replace("tokenRoute.js", "tokenRoute.cjs"));
/** For a file that isn't beside the sample. */
const above = (code: string) => code.replace('"./tokenRoute.', '"../tokenRoute.');

/** Returns a function that replaces words of a starter's own by others. */
const replace = (words: string, replacement: string) => (text: string) => {
  if (!text.includes(words)) throw new Error(`The starter has no ${words} any more:\n${text}`);
  return text.replace(words, () => replacement);
};

const json = (value: object) => JSON.stringify(value, undefined, 2);

const onNode = {
  target: "es2022",
  module: "nodenext",
  strict: true,
  types: ["node"],
  rootDir: "src",
  outDir: "dist",
};

/** Stands in for the host of Functions, which npm doesn't have: it is called by the model of @azure/functions. */
const functionsHost = `
const Module = require("node:module");
const http = require("node:http");
const handlers = {};
const core = {
  version: "4", hostVersion: "4",
  registerFunction: ({ name }, handler) => { handlers[name] = handler; return { dispose() {} }; },
  registerHook: () => ({ dispose() {} }),
  setProgrammingModel() {},
};
const load = Module._load;
Module._load = (name, ...rest) => name === "@azure/functions-core" ? core : load(name, ...rest);
const { HttpRequest, HttpResponse } = require("@azure/functions");
require(process.argv[2]);
http.createServer(async (request, response) => {
  const { method, headers, url } = request;
  const handler = handlers[url.replace("/api/", "")];
  if (!handler) return response.writeHead(404).end();
  const result = await handler(new HttpRequest({ method, headers, url: "http://localhost" + url }), {});
  const made = new HttpResponse(result);
  response.writeHead(made.status, Object.fromEntries(made.headers)).end(await made.text());
}).listen(process.env.PORT);
`;

export const starters: Readonly<Record<string, Starter>> = {
  "express-generator": {
    project: "express --no-view app",
    tokenRoute: "tokenRoute.cjs",
    paste: {
      "app.js": replace(
        "module.exports",
        `${commonJsIssuer}${withoutTypes(linesOf("Express"))}\nmodule.exports`,
      ),
    },
    checks: [],
    start: "npm start",
    endpoint: "/token",
  },
  "Express 5 in TypeScript": {
    project: {
      "package.json": json({
        private: true,
        type: "module",
        scripts: { build: "tsc", start: "node dist/server.js" },
        dependencies: { express: "^5.3.0" },
        devDependencies: { "@types/express": "^5.0.6", "@types/node": "^24.0.0", typescript: "~6.0.3" },
      }),
      "tsconfig.json": json({ compilerOptions: onNode }),
    },
    tokenRoute: "src/tokenRoute.ts",
    paste: {
      "src/server.ts": () => `import express from "express";
import type { Request } from "express";
${issuer}
const app = express();
${linesOf("Express")}
app.listen(Number(process.env.PORT));
`,
    },
    checks: ["npm run build"],
    start: "npm start",
    endpoint: "/token",
  },
  "Express 5 in JavaScript": {
    project: {
      "package.json": json({ private: true, type: "module", dependencies: { express: "^5.3.0" } }),
    },
    tokenRoute: "tokenRoute.mjs",
    paste: {
      "server.js": () => `import express from "express";
${javaScriptIssuer}
const app = express();
${withoutTypes(linesOf("Express"))}
app.listen(Number(process.env.PORT));
`,
    },
    checks: [],
    start: "node server.js",
    endpoint: "/token",
  },
  "fastify-cli in TypeScript": {
    project: "fastify generate app --lang=ts",
    tokenRoute: "src/tokenRoute.ts",
    paste: {
      // Without it, what fastify-cli 8.0.2 makes doesn't compile with its own TypeScript 6.
      "tsconfig.json": replace('"outDir"', '"rootDir": "src", "outDir"'),
      "src/routes/token.ts": () => `import type { FastifyPluginAsync, FastifyRequest } from "fastify";
${above(issuer)}
const token: FastifyPluginAsync = async (app) => {
${linesOf("Fastify")}
};

export default token;
`,
    },
    checks: ["npm run build:ts"],
    start: "npm start",
    endpoint: "/token",
  },
  "fastify-cli in JavaScript": {
    project: "fastify generate app --lang=js",
    tokenRoute: "tokenRoute.cjs",
    paste: {
      "routes/token.js": () => `${above(commonJsIssuer)}
module.exports = async (app) => {
${withoutTypes(linesOf("Fastify"))}
};
`,
    },
    checks: [],
    start: "npm start",
    endpoint: "/token",
  },
  "create-vite, React": {
    project: "create-vite app --template react-ts --no-interactive",
    paste: {
      "src/call.tsx": () => blockOf("docs/refresher.md", "tsx"),
      "src/App.tsx": () => `import { Call } from "./call";

export default function App() {
  return <Call userId="alice" />;
}
`,
    },
    checks: ["npm run lint", "npm run build"],
    start: "npx vite preview --port $PORT",
    page: true,
  },
  "Hono on Node.js (its template isn't on npm)": {
    project: {
      "package.json": json({
        private: true,
        type: "module",
        dependencies: { "@hono/node-server": "^2.1.9", hono: "^4.13.19" },
        devDependencies: { "@types/node": "^20.11.17", typescript: "~6.0.3" },
      }),
      "tsconfig.json": json({
        compilerOptions: { ...onNode, verbatimModuleSyntax: true, skipLibCheck: true },
      }),
    },
    tokenRoute: "src/tokenRoute.ts",
    paste: {
      "src/index.ts": () => `import { serve } from "@hono/node-server";
import { Hono } from "hono";
${route}
const app = new Hono();
${linesOf("Hono")}
serve({ fetch: app.fetch, port: Number(process.env.PORT) });
`,
    },
    checks: ["npx tsc"],
    start: "node dist/index.js",
    endpoint: "/token",
  },
  "Azure Functions in JavaScript (its template isn't on npm)": {
    project: {
      "package.json": json({
        private: true,
        main: "src/functions/*.js",
        dependencies: { "@azure/functions": "^4.0.0" },
      }),
      "host.cjs": functionsHost,
    },
    tokenRoute: "src/tokenRoute.cjs",
    paste: {
      "src/functions/token.js": () => `const { app } = require("@azure/functions");
${above(commonJsIssuer)}
${withoutTypes(linesOf("Azure Functions"))}
`,
    },
    checks: [],
    start: "node host.cjs ./src/functions/token.js",
    endpoint: "/api/token",
  },
  "node:http": {
    project: { "package.json": json({ private: true, type: "module" }) },
    tokenRoute: "tokenRoute.mjs",
    paste: {
      "server.js": () => `import { createServer } from "node:http";
${javaScriptIssuer}
${linesOf("any other").split("\n")[0]}
const server = createServer(async (request, response) => {
  const person = sessions.get(request.headers.cookie ?? "");
  ${linesOf("any other").split("\n")[1]}
  response.writeHead(status, headers).end(JSON.stringify(body));
});
server.listen(process.env.PORT);
`,
    },
    checks: [],
    start: "node server.js",
    endpoint: "/token",
  },
};
