// Leads a program's connections to login.microsoftonline.com to an emulator. It stands for what a test can't have: a line
// in the file of hosts, and port 443.
import tls from "node:tls";

const { connect } = tls;

tls.connect = (options, ...more) =>
  options.host === "login.microsoftonline.com"
    ? connect({ ...options, host: "127.0.0.1", port: process.env.LOGIN_HOST_PORT }, ...more)
    : connect(options, ...more);
