import type { EmulatorInfo } from "../../../admin/models.js";
import { connectionVariable } from "../../../environment/environment.js";
import { type Shell, shellLine } from "../../../environment/shells.js";

export const languages = ["JavaScript", "Python", ".NET", "Java", "Go"] as const;

export type Language = (typeof languages)[number];

/**
 * Returns what to paste into a shell before a program in a language starts: the variables that it needs and, over https,
 * what makes it trust the emulator. The lines that replace what it trusts otherwise are for tests.
 */
export function shellText(
  language: Language,
  shell: Shell,
  { connectionString, certificateFile }: Pick<EmulatorInfo, "connectionString" | "certificateFile">,
): string {
  const set = (name: string, value: string) => shellLine(shell, name, value);
  const remark = (text: string) => `${shell === "cmd" ? "rem" : "#"} ${text}`;
  const [, address = "", key = ""] = /^endpoint=([^;]*);accesskey=(.*)$/.exec(connectionString) ?? [];
  const endpoint = address.replace(/\/$/, "");
  const lines = [set(connectionVariable, connectionString)];
  if (language !== "JavaScript")
    lines.push(set("COMMUNICATION_ENDPOINT", endpoint), set("COMMUNICATION_ACCESS_KEY", key));
  if (endpoint.startsWith("http:")) {
    if (language === "Python")
      lines.push(remark("Microsoft's client needs endpoint and key: it takes a connection string for https"));
    if (language === "Java") lines.push(remark("Microsoft's client needs an emulator with --https"));
  } else if (certificateFile !== undefined)
    lines.push(...trustLines(language, shell, certificateFile, set, remark));
  return lines.join("\n");
}

function trustLines(
  language: Language,
  shell: Shell,
  file: string,
  set: (name: string, value: string) => string,
  remark: (text: string) => string,
): string[] {
  const folder = file.replace(/[\\/][^\\/]*$/, "");
  switch (language) {
    case "JavaScript":
      return [set("NODE_EXTRA_CA_CERTS", file)];
    case "Python":
      return ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"].map((name) => set(name, file));
    case "Java":
      // As in docs/java.md, without a command that the emulator starts.
      return [
        `keytool -importcert -noprompt -alias acs-emulator -file "${file}" -keystore emulator.p12 -storetype PKCS12 -storepass changeit`,
        set(
          "JAVA_TOOL_OPTIONS",
          "-Djavax.net.ssl.trustStore=emulator.p12 -Djavax.net.ssl.trustStorePassword=changeit",
        ),
      ];
    default:
      // Elsewhere than on Linux, these read the store of the system.
      return shell === "your shell"
        ? [
            set("SSL_CERT_DIR", `/etc/ssl/certs:${folder}`),
            remark('macOS must trust the file instead: docs/otherLanguages.md, "Certificates"'),
          ]
        : [remark(`Windows must trust ${file}: docs/otherLanguages.md, "Certificates"`)];
  }
}
