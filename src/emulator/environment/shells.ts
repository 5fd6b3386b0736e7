/** A line to paste into a shell. */
export interface ShellLine {
  /** The shell's name for the reader. `your shell` is any that understands POSIX. */
  readonly shell: "your shell" | "cmd" | "PowerShell";
  readonly line: string;
}

/**
 * Returns the line that sets an environment variable, for each shell that is usual on a platform: those of Windows need
 * two forms. The value is quoted, because a shell ends an unquoted connection string at its `;`.
 *
 * @param platform - As in `process.platform`.
 */
export function shellLines(name: string, value: string, platform: string): readonly ShellLine[] {
  if (platform !== "win32")
    return [{ shell: "your shell", line: `export ${name}='${value.replaceAll("'", "'\\''")}'` }];
  return [
    { shell: "cmd", line: `set "${name}=${value}"` },
    // PowerShell takes typographic quotes for quotes.
    { shell: "PowerShell", line: `$env:${name} = "${value.replace(/[`$"“”„]/g, "`$&")}"` },
  ];
}

/** Returns the same for the middle of a sentence. */
export function shellLinesInWords(name: string, value: string, platform: string): string {
  const lines = shellLines(name, value, platform);
  const inWords = lines.map(({ shell, line }) => (lines.length > 1 ? `${line} (${shell})` : line));
  return inWords.join(" or ");
}
