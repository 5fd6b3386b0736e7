// Exits with 0 if the emulator in this container is healthy, and with 1 otherwise.
import http from "node:http";
import https from "node:https";

const { ACS_EMULATOR_PORT: port, ACS_EMULATOR_CERT: cert, ACS_EMULATOR_HTTPS: madeCert } = process.env;
const isHttps = Boolean(cert) || /^(?:1|true|yes|on)$/i.test(madeCert ?? "");

// The certificate may be for another name than 127.0.0.1, and this container may not trust it.
const options = {
  host: "127.0.0.1",
  port,
  path: "/_emulator/health",
  timeout: 2000,
  rejectUnauthorized: false,
};
const request = (isHttps ? https : http).get(options, ({ statusCode }) => {
  process.exit(statusCode === 200 ? 0 : 1);
});
request.on("timeout", () => request.destroy(new Error("No answer within 2 seconds")));
request.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
