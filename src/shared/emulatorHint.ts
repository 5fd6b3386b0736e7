/** Returns how to start an emulator that the URL reaches. */
export function emulatorHint({ protocol, port }: URL): string {
  const flags = `${protocol === "https:" ? " --https" : ""}${port && ` --port ${port}`}`;
  return `Is the emulator running? Start it with: npx --no-install acs-identity emulator${flags}`;
}
