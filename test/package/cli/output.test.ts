import { describe, expect, it } from "vitest";
import { hasTerminal, onTerminal } from "../../helpers/cli/terminal.js";

describe.skipIf(!hasTerminal)("the output on a terminal (needs script of util-linux)", () => {
  it.each([
    ["$CLI emulatr", "\x1b[31mUnknown command"],
    ["$CLI doctor", "\x1b[31m✗\x1b[39m Settings"],
  ])("of %s has colors, unless NO_COLOR is set", async (line, text) => {
    const environment = { COMMUNICATION_CONNECTION_STRING: "" };
    const colored = onTerminal(line, environment);
    await colored.closed;
    expect(colored.out()).toContain(text);
    const plain = onTerminal(line, { ...environment, NO_COLOR: "1" });
    await plain.closed;
    expect(plain.out()).toMatch(/^(?:Unknown|✗)/);
  });
});
