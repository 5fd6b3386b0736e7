/** A shell's name for the reader. `your shell` is any that understands POSIX. */
export type Shell = "your shell" | "cmd" | "PowerShell";

/** A line to paste into a shell. */
export interface ShellLine {
  readonly shell: Shell;
  readonly line: string;
}

/**
 * Returns the shells that are usual on a platform.
 * @param platform - As in `process.platform`.
 */
export function shellsOf(platform: string): readonly Shell[] {
  return platform === "win32" ? ["cmd", "PowerShell"] : ["your shell"];
}

/**
 * Returns the line that sets an environment variable in a shell. The value is quoted, because a shell ends an unquoted
 * connection string at its `;`.
 */
export function shellLine(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case "cmd":
      return `set "${name}=${value}"`;
    case "PowerShell":
      // PowerShell takes typographic quotes for quotes.
      return `$env:${name} = "${value.replace(/[`$"“”„]/g, "`$&")}"`;
    default:
      return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
  }
}

/** Returns this line for each shell that is usual on a platform. */
export function shellLines(name: string, value: string, platform: string): readonly ShellLine[] {
  return shellsOf(platform).map((shell) => ({ shell, line: shellLine(shell, name, value) }));
}

/** Returns the same for the middle of a sentence. */
export function shellLinesInWords(name: string, value: string, platform: string): string {
  const lines = shellLines(name, value, platform);
  const inWords = lines.map(({ shell, line }) => (lines.length > 1 ? `${line} (${shell})` : line));
  return inWords.join(" or ");
}
