// A starter for each section of docs/tokenEndpoint.md and of docs/frontEnds.md.
import { blockOf, codeOf, type ServerFile, serverFile } from "./pages.js";

export interface Starter {
  /**
   * The command of its generator, which makes the folder `app`. Where a generator takes its template from elsewhere than
   * npm, or there is none: the files that matter, in words of our own.
   */
  readonly project: string | Readonly<Record<string, string>>;
  /** What it needs besides from npm, according to the page. */
  readonly packages?: readonly string[];
  /** The file of docs/tokenEndpoint.md for this server, beside `tokens.ts`. */
  readonly server?: ServerFile;
  /** What somebody adds to its files: by path, the new text for the old, which is empty if there is no such file. */
  readonly paste: Readonly<Record<string, (before: string) => string>>;
  /** Its own type check, linter, build and tests. */
  readonly checks: readonly string[];
  /** Starts it on the port $PORT. */
  readonly start: string;
  /** The path of the token endpoint. */
  readonly endpoint?: string;
  /** The status that it gives a caller without `Origin` and without JSON, if it keeps such callers out. */
  readonly withoutOrigin?: number;
  /** Whether its page shows the token in an `output`. Without an endpoint of its own it gets one from the test. */
  readonly page?: boolean;
}

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
  "create-next-app": {
    project:
      "create-next-app app --yes --ts --eslint --app --empty --no-tailwind --no-src-dir --use-npm --skip-install --disable-git",
    server: serverFile("Next.js"),
    paste: {
      "app/call.tsx": () => blockOf("docs/frontEnds.md", "tsx").replace('"/token"', '"/api/token"'),
      "app/page.tsx": () => `import { Call } from "./call";

export default function Home() {
  return <Call userId="alice" />;
}
`,
    },
    checks: ["npm run lint", "npm run build", "npx tsc --noEmit"],
    start: "npm start",
    endpoint: "/api/token",
    page: true,
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
    server: serverFile("Express"),
    paste: {},
    checks: ["npm run build"],
    start: "npm start",
    endpoint: "/token",
  },
  "fastify-cli in TypeScript": {
    project: "fastify generate app --lang=ts",
    server: serverFile("Fastify"),
    paste: {
      // Without it, what fastify-cli 8.0.2 makes doesn't compile with its own TypeScript 6.
      "tsconfig.json": replace('"outDir"', '"rootDir": "src", "outDir"'),
    },
    checks: ["npm run build:ts"],
    start: "npm start",
    endpoint: "/token",
  },
  "@nestjs/cli": {
    project: "nest new app --skip-git --skip-install --package-manager npm",
    server: serverFile("NestJS"),
    paste: {
      "src/app.module.ts": (before) => {
        const imported = `import { TokenController } from "./token.controller.js";\n${before}`;
        return replace(
          "controllers: [AppController",
          "controllers: [AppController, TokenController",
        )(imported);
      },
    },
    checks: ["npm run lint", "npm run build", "npm test"],
    start: "npm start",
    endpoint: "/token",
  },
  "create-vite, React": {
    project: "create-vite app --template react-ts --no-interactive",
    paste: {
      "src/call.tsx": () => blockOf("docs/frontEnds.md", "tsx"),
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
  "create-vite, Svelte": {
    project: "create-vite app --template svelte-ts --no-interactive",
    paste: {
      "src/Call.svelte": () => blockOf("docs/frontEnds.md", "svelte"),
      "src/App.svelte": () => `<script lang="ts">
  import Call from "./Call.svelte";
</script>

<Call userId="alice" />
`,
    },
    checks: ["npm run check", "npm run build"],
    start: "npx vite preview --port $PORT",
    page: true,
  },
  "create-vue": {
    project: "create-vue app --ts --bare",
    paste: {
      "src/Call.vue": () => blockOf("docs/frontEnds.md", "vue"),
      "src/App.vue": () => `<script setup lang="ts">
import Call from "./Call.vue";
</script>

<template>
  <Call userId="alice" />
</template>
`,
    },
    checks: ["npm run build"],
    start: "npx vite preview --port $PORT",
    page: true,
  },
  "sv create": {
    project: "sv create app --template minimal --types ts --no-add-ons --no-install",
    packages: ["@types/node"],
    server: serverFile("SvelteKit"),
    paste: {},
    checks: ["npm run check", "npm run build"],
    start: "npx vite preview --port $PORT",
    endpoint: "/token",
  },
  "Nuxt (its template isn't on npm)": {
    project: {
      "package.json": json({
        private: true,
        type: "module",
        dependencies: { nuxt: "^4.5.2", vue: "^3.5.42", "vue-router": "^5.0.0" },
        devDependencies: { typescript: "~6.0.3", "vue-tsc": "^3.3.14" },
      }),
      "nuxt.config.ts": 'export default defineNuxtConfig({ compatibilityDate: "2026-10-01" });\n',
      "tsconfig.json": json({
        files: [],
        references: ["app", "server", "shared", "node"].map((name) => ({
          path: `./.nuxt/tsconfig.${name}.json`,
        })),
      }),
      "app/app.vue": "<template><p>It works</p></template>\n",
    },
    packages: ["@types/node"],
    server: serverFile("Nuxt"),
    paste: {},
    checks: ["npx nuxt typecheck", "npx nuxt build"],
    start: "node .output/server/index.mjs",
    endpoint: "/api/token",
  },
  "Astro (its template isn't on npm)": {
    project: {
      "package.json": json({
        private: true,
        type: "module",
        dependencies: { astro: "^7.3.5" },
        devDependencies: { "@astrojs/check": "^0.9.10", typescript: "~6.0.3" },
      }),
      "tsconfig.json": json({ extends: "astro/tsconfigs/strict", include: [".astro/types.d.ts", "src"] }),
      "astro.config.mjs": `import node from "@astrojs/node";
import { defineConfig } from "astro/config";

export default defineConfig({ adapter: node({ mode: "standalone" }) });
`,
      "src/pages/index.astro": "<p>It works</p>\n",
    },
    packages: ["@astrojs/node", "@types/node"],
    server: serverFile("Astro"),
    paste: {},
    checks: ["npx astro check", "npx astro build"],
    start: "node dist/server/entry.mjs",
    endpoint: "/token",
    withoutOrigin: 403,
  },
  "React Router (its template isn't on npm)": {
    project: {
      "package.json": json({
        private: true,
        type: "module",
        dependencies: {
          "@react-router/node": "8.4.0",
          "@react-router/serve": "8.4.0",
          isbot: "^5.2.3",
          react: "^19.3.1",
          "react-dom": "^19.3.1",
          "react-router": "8.4.0",
        },
        devDependencies: {
          "@react-router/dev": "8.4.0",
          "@types/node": "^24.0.0",
          "@types/react": "^19.3.0",
          "@types/react-dom": "^19.3.0",
          typescript: "~6.0.3",
          vite: "^8.3.4",
        },
      }),
      "tsconfig.json": json({
        include: ["**/*", ".react-router/types/**/*"],
        compilerOptions: {
          lib: ["DOM", "DOM.Iterable", "ES2022"],
          types: ["node", "vite/client"],
          target: "ES2022",
          module: "ES2022",
          moduleResolution: "bundler",
          jsx: "react-jsx",
          rootDirs: [".", "./.react-router/types"],
          esModuleInterop: true,
          verbatimModuleSyntax: true,
          noEmit: true,
          skipLibCheck: true,
          strict: true,
        },
      }),
      "vite.config.ts": `import { reactRouter } from "@react-router/dev/vite";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [reactRouter()] });
`,
      "app/routes.ts": `import { index, route, type RouteConfig } from "@react-router/dev/routes";

export default [index("home.tsx"), ${codeOf("docs/tokenEndpoint.md", "React Router", "route(")}] satisfies RouteConfig;
`,
      "app/home.tsx": "export default function Home() { return <p>It works</p>; }\n",
      "app/root.tsx": `import { Outlet, Scripts } from "react-router";

export default function App() {
  return <html lang="en"><body><Outlet /><Scripts /></body></html>;
}
`,
    },
    server: serverFile("React Router"),
    paste: {},
    checks: ["npx react-router typegen", "npx tsc", "npx react-router build"],
    start: "npx react-router-serve ./build/server/index.js",
    endpoint: "/token",
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
    server: serverFile("Hono"),
    paste: {},
    checks: ["npx tsc"],
    start: "node dist/index.js",
    endpoint: "/token",
  },
  "create-cloudflare": {
    project: "create-cloudflare app --type hello-world --lang ts --no-deploy --no-git --no-open --no-agents",
    packages: ["@types/node"],
    server: serverFile("Cloudflare Workers"),
    paste: { "wrangler.jsonc": () => blockOf("docs/tokenEndpoint.md", "json", "compatibility_date") },
    checks: [
      "npx wrangler types",
      "npx tsc",
      "npx wrangler deploy --dry-run",
      "npx wrangler deploy --dry-run --compatibility-date 2026-08-04",
    ],
    start: `echo "COMMUNICATION_CONNECTION_STRING=$COMMUNICATION_CONNECTION_STRING" > .dev.vars
      npx wrangler dev --port $PORT`,
    endpoint: "/token",
  },
  "ng new": {
    project: "ng new app --skip-git --skip-install --defaults --ai-config none",
    paste: {
      "src/app/call.ts": () => blockOf("docs/frontEnds.md", "typescript", "afterRenderEffect"),
      "src/app/app.html": (before) => `<app-call userId="alice" />\n${before}`,
      "src/app/app.ts": (before) => {
        const imported = `import { Call } from "./call";\n${before}`;
        return replace("imports: [", "imports: [Call, ")(imported);
      },
    },
    checks: ["npm run build", "npm test -- --watch=false"],
    start: "npx ng serve --port $PORT",
    page: true,
  },
  "Azure Functions in TypeScript (its template isn't on npm)": {
    project: {
      "package.json": json({
        private: true,
        main: "dist/src/functions/*.js",
        dependencies: { "@azure/functions": "^4.0.0" },
        devDependencies: { "@types/node": "^20.0.0", typescript: "^4.0.0" },
      }),
      "tsconfig.json": json({
        compilerOptions: {
          module: "commonjs",
          target: "es6",
          outDir: "dist",
          rootDir: ".",
          sourceMap: true,
          strict: false,
          // According to the page.
          skipLibCheck: true,
        },
      }),
      "host.cjs": functionsHost,
    },
    server: serverFile("Azure Functions"),
    paste: {},
    checks: ["npx tsc"],
    start: "node host.cjs ./dist/src/functions/token.js",
    endpoint: "/api/token",
  },
  Bun: {
    project: { "package.json": json({ private: true }) },
    packages: ["@oven/bun-linux-x64@1.4.5"],
    server: serverFile("Bun and Deno"),
    paste: {},
    checks: [],
    start: "node_modules/@oven/bun-linux-x64/bin/bun server.ts",
    endpoint: "/token",
  },
  Deno: {
    project: { "package.json": json({ private: true }) },
    packages: ["@deno/linux-x64-glibc@2.9.6"],
    server: serverFile("Bun and Deno"),
    paste: {},
    checks: [],
    start: `node_modules/@deno/linux-x64-glibc/${codeOf("docs/tokenEndpoint.md", "Bun and Deno", "deno serve").replace("serve", "serve --port $PORT")}`,
    endpoint: "/token",
  },
};
