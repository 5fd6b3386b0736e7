import { createTracingClient } from "@azure/core-tracing";
import { describe, expect, it } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  createCommunicationAccessKeyCredentialPolicy,
} from "../../../src/index.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { stubTransport } from "../../helpers/stubTransport.js";

const endpoint = "https://my-resource.communication.azure.com";
const credential = new AzureKeyCredential("pw==");

function setUp(options: CommunicationIdentityClientOptions = {}) {
  const httpClient = stubTransport({ status: 204 });
  return {
    httpClient,
    client: new CommunicationIdentityClient(endpoint, credential, { httpClient, ...options }),
  };
}

describe("a request", () => {
  it("carries the headers that a program for the official package's 2.0.0 sets, in precedence to customHeaders", async () => {
    const { client, httpClient } = setUp();
    const requestOptions = {
      headers: { "x-mine": "headers", "X-New": "1" },
      customHeaders: { "X-Mine": "custom" },
    };
    await client.deleteUser({ communicationUserId: "x" }, { requestOptions });
    expect(httpClient.sent[0]?.headers).toMatchObject({ "x-mine": "headers", "x-new": "1" });
  });

  it("goes to the endpoint's host, whatever header says another", async () => {
    const httpClient = stubTransport({ status: 204 });
    const options = { httpClient, telemetryOptions: { clientRequestIdHeaderName: "Host" } };
    const entra = { getToken: async () => ({ token: "e", expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const requestOptions = { customHeaders: { Host: "evil.example" }, headers: { host: "evil.example" } };
    for (const given of [credential, entra] as AzureKeyCredential[]) {
      const client = new CommunicationIdentityClient(endpoint, given, options);
      await client.deleteUser({ communicationUserId: "x" }, { requestOptions });
    }
    expect(httpClient.sent.map(({ headers }) => headers.host)).toEqual([
      "my-resource.communication.azure.com",
      undefined,
    ]);
  });

  it.each(["Content-Length", "transfer-encoding", "Content-Length "])(
    "has no %j of the caller's",
    async (name) => {
      const { client, httpClient } = setUp();
      for (const bag of ["customHeaders", "headers"]) {
        const requestOptions = { [bag]: { [name]: "0" } };
        const error = await rejectionOf(() =>
          client.deleteUser({ communicationUserId: "x" }, { requestOptions }),
        );
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toBe(`${name} can't be set: it belongs to the transport.`);
      }
      expect(httpClient.sent).toEqual([]);
    },
  );

  it.each(["content-length", "Transfer-Encoding"])("can't have its id in %s", (name) => {
    const telemetryOptions = { clientRequestIdHeaderName: name };
    const make = () => setUp({ telemetryOptions });
    expect(make).toThrow(`${name} can't be set: it belongs to the transport.`);
  });

  it("carries the options that were set, and nothing for the others", async () => {
    const { client, httpClient } = setUp();
    await client.deleteUser({ communicationUserId: "x" });
    const { request } = httpClient.sent[0] ?? expect.fail();
    for (const name of ["body", "onUploadProgress", "onDownloadProgress", "requestOverrides"]) {
      expect(Reflect.get(request, name)).toBeUndefined();
    }
    expect(request.withCredentials).toBe(false);
    expect(request.headers.has("Content-Type")).toBe(false);
    const onUploadProgress = () => undefined;
    const onDownloadProgress = () => undefined;
    await client.deleteUser(
      { communicationUserId: "x" },
      // The types of core-client have the last one.
      { requestOptions: { onUploadProgress, onDownloadProgress, allowInsecureConnection: true } },
    );
    expect(httpClient.sent[1]?.request).toMatchObject({ onUploadProgress, allowInsecureConnection: false });
  });

  it("carries the caller's tracing context", async () => {
    const { client, httpClient } = setUp();
    const key = Symbol("mine");
    const tracingContext = createTracingClient({ namespace: "a", packageName: "b" })
      .startSpan("c")
      .updatedOptions.tracingOptions?.tracingContext.setValue(key, "value");
    await client.deleteUser(
      { communicationUserId: "x" },
      { tracingOptions: { ...(tracingContext && { tracingContext }) } },
    );
    const { tracingOptions } = httpClient.sent[0]?.request ?? {};
    expect(tracingOptions?.tracingContext?.getValue(key)).toBe("value");
  });
});

it("the signing policy has the same name as the official one", () => {
  expect(createCommunicationAccessKeyCredentialPolicy(credential).name).toBe(
    "CommunicationAccessKeyCredentialPolicy",
  );
});
