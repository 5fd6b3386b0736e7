import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { languages, shellText } from "../../../../../../src/emulator/page/browser/header/shellText.js";

const key = "c2VjcmV0IGtleQ==";
const [http, https] = ["http", "https"].map(
  (scheme) => `endpoint=${scheme}://127.0.0.1:7311/;accesskey=${key}`,
);
const certificateFile = "/home/it's me/cert.pem";

/** Returns the variables that lines set in a shell. */
function variablesOf(text: string): Record<string, string> {
  const environment = execFileSync("env", ["-i", "PATH=/none", "/bin/sh", "-c", `${text}\n/usr/bin/env -0`], {
    encoding: "utf8",
  });
  const entries = environment.split("\0").flatMap((line) => {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(line) ?? [];
    return ["", "PATH", "PWD", "_", "SHLVL"].includes(name) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

describe.skipIf(process.platform === "win32")("the lines to paste into a shell (Windows has no sh)", () => {
  const connection = {
    COMMUNICATION_CONNECTION_STRING: https,
    COMMUNICATION_ENDPOINT: "https://127.0.0.1:7311",
    COMMUNICATION_ACCESS_KEY: key,
  };

  it.each([
    ["JavaScript", { COMMUNICATION_CONNECTION_STRING: https, NODE_EXTRA_CA_CERTS: certificateFile }],
    ["Python", { ...connection, SSL_CERT_FILE: certificateFile, REQUESTS_CA_BUNDLE: certificateFile }],
    [".NET", { ...connection, SSL_CERT_DIR: "/etc/ssl/certs:/home/it's me" }],
    ["Go", { ...connection, SSL_CERT_DIR: "/etc/ssl/certs:/home/it's me" }],
  ] as const)("make a program in %s find an emulator with https, and trust it", (language, expected) => {
    const text = shellText(language, "your shell", { connectionString: https ?? "", certificateFile });
    expect(variablesOf(text)).toEqual(expected);
  });

  it("make a trust store for Java", () => {
    const text = shellText("Java", "your shell", { connectionString: https ?? "", certificateFile });
    expect(text).toContain(`-file "${certificateFile}" -keystore emulator.p12 `);
    // There is no keytool in the empty PATH.
    expect(variablesOf(text.replace(/^keytool/m, ": keytool"))).toEqual({
      ...connection,
      JAVA_TOOL_OPTIONS:
        "-Djavax.net.ssl.trustStore=emulator.p12 -Djavax.net.ssl.trustStorePassword=changeit",
    });
  });

  it("say what Microsoft's clients need over plain http", () => {
    const of = (language: (typeof languages)[number]) =>
      shellText(language, "your shell", { connectionString: http ?? "", certificateFile: undefined });
    expect(of("JavaScript")).toBe(`export COMMUNICATION_CONNECTION_STRING='${http}'`);
    expect(of("Python")).toMatch(/\n# .* needs endpoint and key/);
    expect(of("Java")).toMatch(/\n# .* --https$/);
    for (const language of languages) expect(variablesOf(of(language))).not.toHaveProperty("SSL_CERT_FILE");
  });
});

it("The lines for Windows' shells set the variables, and say where .NET's trust is", () => {
  const connection = { connectionString: https ?? "", certificateFile: "C:\\me\\cert.pem" };
  expect(shellText("Python", "cmd", connection).split("\n")).toEqual([
    `set "COMMUNICATION_CONNECTION_STRING=${https}"`,
    'set "COMMUNICATION_ENDPOINT=https://127.0.0.1:7311"',
    `set "COMMUNICATION_ACCESS_KEY=${key}"`,
    'set "SSL_CERT_FILE=C:\\me\\cert.pem"',
    'set "REQUESTS_CA_BUNDLE=C:\\me\\cert.pem"',
  ]);
  expect(shellText(".NET", "cmd", connection)).toMatch(/\nrem Windows must trust C:\\me\\cert\.pem: /);
  expect(shellText("Go", "PowerShell", connection)).toMatch(/\n# Windows must trust /);
});
