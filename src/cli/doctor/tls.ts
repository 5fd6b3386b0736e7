import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import { assignmentInWords } from "../../shared/shells.js";
import { type Check, type Findings, hostOf, isLoopback, Problem } from "./check.js";
import { openConnection } from "./network.js";
import { openTunnel } from "./proxy.js";

export const tlsCheck: Check = {
  name: "TLS",
  async run(findings) {
    const { endpoint } = findings;
    if (endpoint.protocol === "http:") {
      if (await speaksTls(findings)) {
        throw new Problem(
          `${endpoint.host} speaks https, and the endpoint says http`,
          `Write https://${endpoint.host}/`,
        );
      }
      return undefined;
    }
    const { error, issuer } = await handshake(await openSocket(findings), endpoint, true);
    if (error) throw problemOf(error, endpoint);
    return `the certificate is trusted (${issuer})`;
  },
};

interface Handshake {
  readonly error?: NodeJS.ErrnoException;
  readonly issuer?: string;
}

function openSocket(findings: Findings): Promise<Socket> {
  const { endpoint, proxy } = findings;
  return proxy ? openTunnel(endpoint, proxy) : openConnection(findings);
}

/** A server that speaks plain HTTP answers a handshake with an error, or not at all. */
async function speaksTls(findings: Findings): Promise<boolean> {
  if (findings.proxy) return false;
  const { error } = await handshake(await openSocket(findings), findings.endpoint, false);
  return error === undefined;
}

function handshake(socket: Socket, endpoint: URL, rejectUnauthorized: boolean): Promise<Handshake> {
  const host = hostOf(endpoint);
  const secured = connect({ socket, host, rejectUnauthorized, ...(isIP(host) ? {} : { servername: host }) });
  return new Promise((resolve) => {
    const end = (result: Handshake) => {
      clearTimeout(timer);
      secured.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => end({ error: Object.assign(new Error("No response"), { code: "ETIMEDOUT" }) }),
      5000,
    );
    secured.once("secureConnect", () => {
      const { issuer } = secured.getPeerCertificate();
      end({ issuer: String(issuer?.O ?? issuer?.CN ?? "issuer unknown") });
    });
    secured.once("error", (error) => end({ error }));
    secured.once("close", () => end({ error: Object.assign(new Error("Closed"), { code: "ECONNRESET" }) }));
  });
}

/** OpenSSL's codes, or Node's for an error while it writes, if a server speaks plain HTTP. */
const plainHttpCodes = [
  "EPROTO",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_WRONG_VERSION_NUMBER",
];

function problemOf({ code = "" }: NodeJS.ErrnoException, endpoint: URL): Problem {
  const { host } = endpoint;
  const trusting = assignmentInWords("NODE_EXTRA_CA_CERTS", "<file>", process.platform);
  if (plainHttpCodes.includes(code)) {
    return new Problem(`${host} speaks plain http, and the endpoint says https`, `Write http://${host}/`);
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return new Problem(
      `The certificate of ${host} is for another name (${code})`,
      "Check the spelling of the endpoint, and use the name that the certificate has",
    );
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return new Problem(
      `The certificate of ${host} isn't valid now (${code})`,
      "Check the clock of this machine. If it is right, the server needs a new certificate",
    );
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return new Problem(
      `This machine doesn't trust the certificate of ${host} (${code})`,
      isLoopback(endpoint)
        ? `${trusting}, with the file that the emulator printed when it started`
        : `A proxy may have replaced it: ask whoever runs it for its root certificate (PEM). ${trusting}, with that file`,
    );
  }
  return new Problem(
    `The TLS handshake with ${host} failed (${code})`,
    "Does a firewall or proxy interfere?",
  );
}
