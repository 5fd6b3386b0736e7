// Cloudflare Workers: a request runs the case that its query names, and its body is the connection string.
import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { runCase } from "./subject.js";
import { webCases } from "./suite.js";

const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    const name = new URL(request.url).searchParams.get("case");
    const each = webCases.find((candidate) => candidate.name === name);
    if (!each) return new Response(`There is no case ${name}.`, { status: 404 });
    try {
      await runCase(each, { library, testing }, await request.text());
      return new Response("passed");
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};

// biome-ignore lint/style/noDefaultExport: this is how Workers find it.
export default worker;
