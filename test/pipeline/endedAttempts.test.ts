import { getEventListeners } from "node:events";
import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { stubTransport } from "../helpers/stubTransport.js";

const endpoint = "https://my-resource.communication.azure.com";
const user = { communicationUserId: "8:acs:x" };

/** A transport that never answers and ignores the abort signals of its requests. */
function hangingTransport() {
  const requests: PipelineRequest[] = [];
  const transport = stubTransport((request) => {
    requests.push(request);
    return new Promise(() => undefined);
  });
  return { transport, requests };
}

describe("a call", () => {
  it("ends when its signal aborts in the same tick", async () => {
    const { transport } = hangingTransport();
    const client = new CommunicationIdentityClient(endpoint, new AzureKeyCredential("pw=="), {
      httpClient: transport,
    });
    const controller = new AbortController();
    const call = client.deleteUser(user, { abortSignal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });

  it("isn't sent when a slow credential has used up its timeout", async () => {
    const { transport, requests } = hangingTransport();
    let give: () => void = () => undefined;
    const given = new Promise<void>((resolve) => {
      give = resolve;
    });
    const getToken = async () => {
      await given;
      return { token: "token", expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const client = new CommunicationIdentityClient(endpoint, { getToken }, { httpClient: transport });
    const shutdown = new AbortController();
    const call = client.deleteUser(user, { abortSignal: shutdown.signal, requestOptions: { timeout: 5 } });
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    give();
    await new Promise((resolve) => setTimeout(resolve, 10));
    // A transport that checks the signal, as those of Azure Core and fetch do, sends nothing.
    expect(requests.filter(({ abortSignal }) => abortSignal?.aborted !== true)).toEqual([]);
    expect(getEventListeners(shutdown.signal, "abort")).toEqual([]);
  });
});
