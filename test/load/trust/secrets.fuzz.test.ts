import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { bounded } from "./helpers/bounded.js";
import { callsOf, entraCredential } from "./secrets/calls.js";
import { type Canary, findCanaries, keyCanary, textCanary, tokenCanary } from "./secrets/canaries.js";
import { type EchoFault, echoFault } from "./secrets/echoes.js";
import { printsOf } from "./secrets/prints.js";
import { listenToEverything } from "./secrets/witness.js";

const key = keyCanary("access key");
const entraToken = tokenCanary("Entra token");
const teamsToken = tokenCanary("Teams token");
const issuedToken = tokenCanary("access token");
const planted = [key, entraToken, teamsToken];

const endpoint = "https://my-resource.communication.azure.com";
const witness = listenToEverything();
const calls = callsOf(teamsToken);

describe("a server that echoes what it was sent", () => {
  it("can't get a secret into an error, a log or a span", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...calls),
      fc.boolean(),
      fc.boolean(),
      echoFault,
      async (call, isEntra, hasOwnLogger, fault) => {
        const { httpClient, signatures } = echoingHttpClient(fault);
        const options = {
          httpClient,
          apiVersion: "2025-03-02-preview",
          retryOptions: { maxRetries: 1, retryDelayInMs: 0, maxRetryDelayInMs: 1 },
          ...(hasOwnLogger && { loggingOptions: { logger: witness.ownLogger } }),
        };
        const client = isEntra
          ? new CommunicationIdentityClient(endpoint, entraCredential(entraToken), options)
          : new CommunicationIdentityClient(endpoint, new AzureKeyCredential(key.value), options);
        const outcome = await call.run(client).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        const heard = [...witness.take(), printsOf(client)];
        const secrets = [...planted, ...signatures];
        if ("error" in outcome)
          expectNothingIn([printsOf(outcome.error), ...heard], [...secrets, issuedToken]);
        else expectNothingIn([printsOf(outcome.value)], secrets);
        expectNothingIn(heard, [...secrets, issuedToken]);
      },
    );
    await fc.assert(property, bounded(400));
    // On a busy machine, few of the runs fit into their time.
    expect(witness.counts.lines).toBeGreaterThan(10);
    expect(witness.counts.spans).toBeGreaterThan(10);
  });
});

function expectNothingIn(texts: readonly string[], secrets: readonly Canary[]): void {
  expect(findCanaries(texts.join("\n"), secrets)).toEqual([]);
}

function echoingHttpClient(fault: EchoFault): { httpClient: HttpClient; signatures: Canary[] } {
  const signatures: Canary[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const authorization = request.headers.get("authorization") ?? "";
      const [, signature] = authorization.split("Signature=");
      if (signature) signatures.push(textCanary("signature", signature));
      const body = String(request.body ?? "");
      const echo = fault.answer({ authorization, body, issuedToken: issuedToken.value });
      return {
        request,
        status: echo.status,
        headers: createHttpHeaders({ ...echo.headers }),
        bodyAsText: echo.body,
      };
    },
  };
  return { httpClient, signatures };
}
