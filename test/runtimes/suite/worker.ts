// Runs cases on Workers: a request names a case and has the connection string as its body; the response has the result.
import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { runCase, webCases } from "./suite.js";

const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    const name = new URL(request.url).searchParams.get("case");
    const each = webCases.find((candidate) => candidate.name === name);
    const ended = each && runCase(each, { library, testing }, await request.text()).then(() => "passed");
    return new Response(await (ended?.catch((error: Error) => error.stack) ?? "not found"));
  },
};

// biome-ignore lint/style/noDefaultExport: this is how Workers find it.
export default worker;
