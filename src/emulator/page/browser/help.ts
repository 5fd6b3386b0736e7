import { troubleshootingOf } from "../../troubleshooting.js";

/** Where the emulator explains an error answer: `/help#identitynotowned`. Nothing for other answers. */
export function helpLink(answer: Parameters<typeof troubleshootingOf>[0]): string | undefined {
  return troubleshootingOf(answer)?.replace(/^[^#]*/, "/help");
}
