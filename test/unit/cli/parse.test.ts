import { describe, expect, it } from "vitest";
import { commonFlags } from "../../../src/cli/command.js";
import { flags as emulatorFlags } from "../../../src/cli/emulator/flags.js";
import { parse, splitProgram } from "../../../src/cli/parse.js";

const flags = { ...emulatorFlags, ...commonFlags };

describe("the command line of an emulator", () => {
  it.each([
    ["npm test --json", "", "npm test --json"],
    ["--loose --port 0 npm", "--loose --port 0", "npm"],
    ["-p 0 ./run.sh --loose", "-p 0", "./run.sh --loose"],
    ["--env A --env B node", "--env A --env B", "node"],
    ["--json -- --help", "--json", "--help"],
    ["-- 7311", "", "7311"],
    ["-- a -- b", "", "a -- b"],
    ["trueish", "", "trueish"],
  ])("begins a command in %j after %j: %j", (line, own, program) => {
    const words = (text: string) => text.split(" ").filter(Boolean);
    expect(splitProgram(words(line), flags)).toEqual({ own: words(own), program: words(program) });
  });

  it("begins an empty command after -- at its end", () => {
    expect(splitProgram(["--json", "--"], flags)).toEqual({ own: ["--json"], program: [] });
  });

  it.each([
    [],
    ["--port=0"],
    ["--https", "true"],
    ["FALSE"],
    ["7311"],
    ["1e3"],
    [""],
    [" "],
    ["a=b"],
    ["a;b"],
    ["-x"],
  ])("begins none with what looks like an option or its value: %j", (...args) => {
    expect(splitProgram(args, flags)).toEqual({ own: args });
  });

  it("joins the values of what can be repeated, and takes the last of the others", () => {
    expect(parse(["--env", "A", "--env=B", "--seed", "a", "--seed", "b", "ID"], flags)).toEqual({
      values: { env: "A,B", seed: "b" },
      operands: ["ID"],
    });
  });

  it.each([
    ["--accesskey=c2VjcmV0", "Unknown option --accesskey. Did you mean --access-key?"],
    ["-x", "Unknown option -x"],
    ["--endpoint=https://x/;accesskey=c2VjcmV0", "Unknown option --endpoint"],
    ["--c2VjcmV0/c2VjcmV0==", "Unknown option"],
    [`--${"c2VjcmV0".repeat(4)}`, "Unknown option"],
    ["--seed=", "--seed is empty"],
  ])("repeats no more of %s than a flag's name", (arg, message) => {
    expect(() => parse([arg], flags)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });
});
