import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import { shellLinesInWords } from "../../emulator/environment/shells.js";
import { type Check, type Findings, hasLoopbackHost, hostOf, Problem } from "./check.js";
import { openConnection } from "./network.js";
import { openTunnel } from "./proxy.js";
import { remedyFor, tlsRemedies } from "./remedies.js";

export const checkTls: Check = async (findings) => {
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
  const { code, issuer } = await handshake(await openSocket(findings), endpoint);
  if (code !== undefined) throw handshakeProblem(code, endpoint, issuer);
  return `the certificate is trusted (${issuer})`;
};

interface Handshake {
  /** Why it failed or, if there is an issuer, why the certificate isn't trusted. */
  readonly code?: string | undefined;
  /** The issuer of the server's certificate. */
  readonly issuer?: string;
}

function openSocket(findings: Findings): Promise<Socket> {
  const { endpoint, proxy } = findings;
  return proxy ? openTunnel(endpoint, proxy) : openConnection(findings);
}

/** Tries a handshake: a server that speaks plain HTTP responds to it with an error, or not at all. */
async function speaksTls(findings: Findings): Promise<boolean> {
  if (findings.proxy) return false;
  const { issuer } = await handshake(await openSocket(findings), findings.endpoint);
  return issuer !== undefined;
}

function handshake(socket: Socket, endpoint: URL): Promise<Handshake> {
  const host = hostOf(endpoint);
  const servername = isIP(host) ? {} : { servername: host };
  // Nothing is sent on this connection. Without this option, Node shows nothing of a certificate that it doesn't trust.
  const secured = connect({ socket, host, rejectUnauthorized: false, ...servername });
  return new Promise((resolve) => {
    const end = (result: Handshake) => {
      clearTimeout(timer);
      secured.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end({ code: "ETIMEDOUT" }), 5000);
    secured.once("secureConnect", () => {
      const { issuer } = secured.getPeerCertificate();
      // `authorizationError` is the code of an error, although Node's types say that it is the error.
      const code = secured.authorized ? undefined : String(secured.authorizationError);
      end({ code, issuer: String(issuer?.O ?? issuer?.CN ?? "an unknown issuer") });
    });
    secured.once("error", ({ code = "" }: NodeJS.ErrnoException) => end({ code }));
    secured.once("close", () => end({ code: "ECONNRESET" }));
  });
}

/** OpenSSL's codes, or Node's for an error while it writes, if a server speaks plain HTTP. */
const plainHttpCodes = [
  "EPROTO",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_WRONG_VERSION_NUMBER",
];

function handshakeProblem(code: string, endpoint: URL, issuer = ""): Problem {
  const { host } = endpoint;
  const trusting = shellLinesInWords("NODE_EXTRA_CA_CERTS", "<file>", process.platform);
  if (plainHttpCodes.includes(code)) {
    return new Problem(`${host} speaks plain http, and the endpoint says https`, `Write http://${host}/`);
  }
  const remedy = remedyFor(tlsRemedies, code);
  if (remedy !== undefined) {
    const fault = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? "is for another name" : "isn't valid now";
    return new Problem(`The certificate of ${host} ${fault} (${code})`, remedy);
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return new Problem(
      `This machine doesn't trust the certificate of ${host}, issued by ${issuer} (${code})`,
      hasLoopbackHost(endpoint)
        ? `${trusting}, with the file that the emulator printed when it started`
        : `Does ${issuer} run a proxy or a virus scanner between this machine and ${host}? If not, don't trust it. If so, get its root certificate (PEM) there: ${trusting}`,
    );
  }
  return new Problem(
    `The TLS handshake with ${host} failed (${code})`,
    "Does a firewall or proxy interfere?",
  );
}
