import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import { describe, expect, it } from "vitest";
import type * as nodeBuild from "../../../src/index.js";
import { loadTransport, transportNames } from "./helpers/transports.js";
import { callsOf, entraCredential } from "./secrets/calls.js";
import { findCanaries, keyCanary, textCanary, tokenCanary } from "./secrets/canaries.js";
import { printsOf } from "./secrets/prints.js";
import { startWireServer, wireFaults } from "./secrets/wireFaults.js";
import { listenToEverything } from "./secrets/witness.js";

const key = keyCanary("access key");
const entraToken = tokenCanary("Entra token");
const teamsToken = tokenCanary("Teams token");
const issuedToken = tokenCanary("access token");
const witness = listenToEverything();
const calls = callsOf(teamsToken).filter(({ name }) => /^(?:createUser|getTokenForTeamsUser)$/.test(name));

const credentials = {
  "an access key": (build: typeof nodeBuild): KeyCredential => new build.AzureKeyCredential(key.value),
  "an Entra credential": (): TokenCredential => entraCredential(entraToken),
};

describe.each(transportNames)("over %s,", async (transport) => {
  const { build, options: own } = await loadTransport(transport);

  it.each(wireFaults)("$name reveals no secret", async (fault) => {
    const server = await startWireServer(fault, issuedToken.value);
    const { origin, authorizations } = server;
    for (const credential of Object.values(credentials)) {
      const options = {
        ...own,
        retryOptions: { maxRetries: 1, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
        loggingOptions: { logger: witness.ownLogger },
      };
      // Each overload accepts only one kind of credential.
      const client = new build.CommunicationIdentityClient(
        origin,
        credential(build) as KeyCredential,
        options,
      );
      const errors: unknown[] = [];
      for (const call of calls) {
        const controller = new AbortController();
        server.onSilence = () => controller.abort();
        await call.run(withSignal(client, controller.signal)).catch((error: unknown) => errors.push(error));
      }
      const signatures = authorizations.map((value) =>
        textCanary("credential", value.replace(/^.*[ =](?=.{20})/, "")),
      );
      const texts = [...errors.map(printsOf), ...witness.take()];
      expect(errors.length + texts.length).toBeGreaterThan(calls.length);
      expect(
        findCanaries(texts.join("\n"), [key, entraToken, teamsToken, issuedToken, ...signatures]),
      ).toEqual([]);
    }
    expect(authorizations.length).toBeGreaterThanOrEqual(2 * calls.length);
  });
});

/** Wraps a client so that each call without options gets this signal. */
function withSignal<Client extends object>(client: Client, abortSignal: AbortSignal): Client {
  return new Proxy(client, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => {
        const merged =
          name === "getTokenForTeamsUser"
            ? [{ ...Object(args[0]), abortSignal }]
            : [...args, { abortSignal }];
        return method.apply(target, merged);
      };
    },
  });
}
