// workerd: each request runs the suite; the connection string is its body.
import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { runSuite } from "./suite.js";

const worker: { fetch(request: Request): Promise<Response> } = {
  fetch: async (request) =>
    Response.json(await runSuite({ library, testing, platform: "web" }, await request.text())),
};

// biome-ignore lint/style/noDefaultExport: this is how workerd finds it.
export default worker;
