import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { HttpsProxyAgent } from "https-proxy-agent";
import { describe, expect, it } from "vitest";
import { dispatcherFinder } from "../../../src/undici/dispatchers.js";
import { requestTo } from "./requestTo.js";

const request = (settings: Partial<PipelineRequest> = {}) => requestTo("https://service.invalid", settings);

describe("the dispatcher of a request", () => {
  it("is the same for the same TLS settings and proxy agent, and another for others", () => {
    const find = dispatcherFinder();
    const agents = [undefined, new HttpsProxyAgent("http://a"), new HttpsProxyAgent("http://a")];
    const settings = [undefined, { ca: "a" }, { ca: "a" }];
    const requests = agents.flatMap((agent) =>
      settings.map((tlsSettings) => ({ ...(agent && { agent }), ...(tlsSettings && { tlsSettings }) })),
    );
    const found = requests.map((each) => find(request(each)));
    expect(new Set(found).size).toBe(9);
    expect(requests.every((each, index) => find(request(each)) === found[index])).toBe(true);
  });
});
