import type { RestError } from "@azure/core-rest-pipeline";
import { emulatorHint } from "../shared/emulatorHint.js";
import { isLoopback } from "../shared/loopback.js";
import { errorChain } from "./lostConnection.js";
import { explainUnreachableByFetch } from "./unreachableByFetch.js";

/** The codes of OpenSSL for a certificate whose authority isn't known, or is another one of the same name. */
const distrust =
  /^(?:CERT_SIGNATURE|CERT_UNTRUSTED|(?:DEPTH_ZERO_)?SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY))/;

const final = (message: string) => ({ message, isFinal: true });
const passing = (message: string) => ({ message, isFinal: false });

/**
 * Explains why a host can't be reached, if that is known: its certificate isn't trusted, nothing listens on it or on the
 * proxy, or it speaks http instead of https or the reverse. If `isFinal`, waiting can't help.
 */
export function explainUnreachable(error: unknown): { message: string; isFinal: boolean } | undefined {
  const { request, response, message = "", code } = (error ?? {}) as Partial<RestError>;
  if (!request) return undefined;
  const url = new URL(request.url);
  const { protocol, hostname, host } = url;
  const causes = errorChain(error);
  const untrusted = causes.find((cause) => distrust.test(`${cause.code}`));
  if (untrusted) {
    return final(
      `The certificate of ${host} isn't trusted (${untrusted.code}). Before Node starts, set NODE_EXTRA_CA_CERTS to a file: the certificate that an emulator names or, if a company's proxy intercepts TLS, the company's root certificate. Or pass tlsOptions: { ca }.`,
    );
  }
  if (causes.some(({ code }) => code === "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"))
    return final(`${host} asks for a certificate of the client: pass tlsOptions: { cert, key }.`);
  const isRefused = causes.some((cause) => cause.code === "ECONNREFUSED");
  const { proxy } = (request.agent ?? {}) as { proxy?: unknown };
  if (proxy instanceof URL) {
    // A proxy that responds refuses with the same code, and the message says so.
    if (!isRefused || message.startsWith("The proxy refused")) return undefined;
    return passing(
      `Nothing listens on ${proxy.host}, the address of the proxy. Check proxyOptions, or HTTPS_PROXY and NO_PROXY.`,
    );
  }
  if (causes.some((cause) => cause.code === "ENOTFOUND" && `${cause.message}`.endsWith(hostname)))
    return passing(`No host is called ${hostname}. Is the endpoint misspelt? (${message})`);
  // Names below localhost belong to a development proxy, which may come back.
  if (!isLoopback(hostname) || hostname.endsWith(".localhost")) return explainUnreachableByFetch(error);
  if (isRefused) return final(`Nothing listens on ${host}. ${emulatorHint(url)}`);
  if (causes.some((cause) => /wrong.version.number/i.test(`${cause.code} ${cause.message}`)))
    return final(`The server on ${host} speaks http, not https: write http:// in the endpoint`);
  // A server that expects TLS closes the connection, but so does one that stops.
  if (code !== "ECONNRESET" || response || protocol !== "http:") return explainUnreachableByFetch(error);
  return passing(
    `The server on ${host} closed the connection (${message}). Did it stop, or was a fault injected? If it speaks https, write https:// in the endpoint`,
  );
}
