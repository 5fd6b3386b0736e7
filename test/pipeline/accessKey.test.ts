import { describe, expect, it } from "vitest";
import { decodeAccessKey } from "../../src/pipeline/accessKey.js";
import { expectNoSecret, thrownBy } from "../helpers/secrets.js";

const accepted = [
  ["two digits of padding", "pw==", [0xa7]],
  ["one digit of padding", "AAE=", [0, 1]],
  ["no padding needed", "AAEC", [0, 1, 2]],
  ["padding left out, one byte", "pw", [0xa7]],
  ["padding left out, two bytes", "AAE", [0, 1]],
  ["both special digits", "+/+/", [0xfb, 0xff, 0xbf]],
] as const;

const refused = [
  ["empty", ""],
  ["one digit", "A"],
  ["five digits", "AAECA"],
  ["too little padding", "pw="],
  ["too much padding", "pw==="],
  ["padding alone", "===="],
  ["padding inside", "pw==AAEC"],
  ["the URL alphabet", "-_-_"],
  ["another character", "AAE!"],
  ["a letter beyond ASCII", "ÀÀÀÀ"],
  ["a placeholder", "<your-access-key>"],
  ["longer than 4096", "AAEC".repeat(1025)],
] as const;

describe("decodeAccessKey", () => {
  it.each(accepted)("reads %s", (_, key, bytes) => {
    expect([...decodeAccessKey(key)]).toEqual(bytes);
  });

  it.each(refused)("refuses a key with %s", (_, key) => {
    const error = thrownBy(() => decodeAccessKey(key));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("not base64");
    if (key.length > 1) expectNoSecret({ ...error, message: error.message }, key);
  });

  it.each([[undefined], [null], [5], [{}]])("refuses %s", (key) => {
    const error = thrownBy(() => decodeAccessKey(key as unknown as string));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("access key");
  });

  it("takes 4096 characters, and no long time for a hostile text of that length", () => {
    expect(decodeAccessKey("AAEC".repeat(1024))).toHaveLength(3072);
    const started = performance.now();
    expect(() => decodeAccessKey(`${"A".repeat(4095)}!`)).toThrow(TypeError);
    expect(performance.now() - started).toBeLessThan(200);
  });
});
