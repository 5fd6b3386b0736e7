import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
} from "../../../src/index.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { serve } from "../../helpers/server.js";
import { findCanaries, keyCanary, textCanary } from "../../load/trust/secrets/canaries.js";
import { printsOf } from "../../load/trust/secrets/prints.js";
import { listenToEverything } from "../../load/trust/secrets/witness.js";

const key = keyCanary("access key");
const password = textCanary("password of the proxy", "proxy-password-that-no-one-may-read-0123456789");
const passphrase = textCanary(
  "passphrase of the client's key",
  "passphrase-that-no-one-may-read-0123456789-abc",
);
const unreadable = textCanary("an unreadable key", "private-key-that-no-one-may-read-0123456789-abcdef");
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const cipher = { cipher: "aes-256-cbc", passphrase: passphrase.value } as const;
const pem = privateKey.export({ type: "pkcs8", format: "pem", ...cipher });
// Without its first and last line, which every key has.
const inner = textCanary("the client's key", String(pem).split("\n").slice(1, -2).join("\n"));
const witness = listenToEverything();
const retryOptions = { maxRetries: 1, retryDelayInMs: 1 };

/** Starts a proxy that refuses all tunnels with a status, or answers nonsense. Its responses contain no secret. */
async function startProxy(status: number | "nonsense"): Promise<number> {
  const server = createServer();
  server.on("connect", (_, socket) =>
    socket.end(status === "nonsense" ? "SOCKS?\r\n" : `HTTP/1.1 ${status} No\r\n\r\n`),
  );
  return serve(server);
}

async function errorOf(options: CommunicationIdentityClientOptions): Promise<unknown> {
  const endpoint = "https://my-resource.communication.azure.test";
  try {
    const credential = new AzureKeyCredential(key.value);
    await new CommunicationIdentityClient(endpoint, credential, { retryOptions, ...options }).createUser();
  } catch (error) {
    return error;
  }
  throw new Error("The call succeeded");
}

describe("a failed call doesn't reveal", () => {
  const host = "http://127.0.0.1";
  const named = { host, username: "me", password: password.value };
  const tlsOptions = { key: pem, passphrase: passphrase.value };

  it.each<[string, number | "nonsense", (port: number) => CommunicationIdentityClientOptions]>([
    ["the password of a proxy that answers 407", 407, (port) => ({ proxyOptions: { ...named, port } })],
    ["the password of a proxy that answers 502", 502, (port) => ({ proxyOptions: { ...named, port } })],
    ["the password of a proxy that isn't one", "nonsense", (port) => ({ proxyOptions: { ...named, port } })],
    ["the password of a proxy that isn't running", 407, () => ({ proxyOptions: { ...named, port: 1 } })],
    [
      "the password of a proxy from the environment",
      407,
      (port) => {
        vi.stubEnv("HTTPS_PROXY", `http://me:${password.value}@127.0.0.1:${port}`);
        return {};
      },
    ],
    [
      "the private key of a TLS client certificate",
      407,
      (port) => ({ proxyOptions: { host, port }, tlsOptions }),
    ],
    [
      "a private key that can't be read",
      407,
      () => ({ tlsOptions: { ...tlsOptions, key: unreadable.value } }),
    ],
  ])("%s", async (_, status, optionsFor) => {
    const options = optionsFor(await startProxy(status));
    const printed = printsOf(await errorOf(options));
    const secrets = [password, inner, unreadable, passphrase, key];
    expect(findCanaries([printed, ...witness.take()].join("\n"), secrets)).toEqual([]);
  });

  it.each(["content-type", "content-encoding", "www-authenticate", "x-ms-request-id", "the id of a user"])(
    "what a proxy for plain http sends back of its credentials in %s",
    async (place) => {
      let credentials = "";
      const server = createServer((request, response) => {
        credentials = request.headers["proxy-authorization"]?.split(" ")[1] ?? "";
        const headers = place.startsWith("the") ? {} : { [place]: credentials };
        response.writeHead(201, headers).end(JSON.stringify({ identity: { id: credentials } }));
      });
      const port = await serve(server);
      for (const httpClient of [createDefaultHttpClient(), createUndiciHttpClient()]) {
        const client = new CommunicationIdentityClient("http://a.test", new AzureKeyCredential(key.value), {
          ...{ allowInsecureConnection: true, httpClient, retryOptions, proxyOptions: { ...named, port } },
        });
        const error = await rejectionOf(() => client.createUserAndToken(["voip"]));
        expect(credentials).not.toBe("");
        expect([printsOf(error), ...witness.take()].join("\n")).not.toContain(credentials);
      }
    },
  );
});
