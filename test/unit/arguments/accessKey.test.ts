import { describe, expect, it } from "vitest";
import { decodeAccessKey } from "../../../src/arguments/accessKey.js";
import { expectNoSecret, thrownBy } from "../../helpers/secrets.js";

const accepted = [
  ["two padding characters", "pw==", [0xa7]],
  ["one padding character", "AAE=", [0, 1]],
  ["no need for padding", "AAEC", [0, 1, 2]],
  ["one byte and no padding", "pw", [0xa7]],
  ["two bytes and no padding", "AAE", [0, 1]],
  ["both special characters", "+/+/", [0xfb, 0xff, 0xbf]],
] as const;

const refused = [
  ["no characters", ""],
  ["nothing but white space", " \r\n "],
  ["one character", "A"],
  ["five characters", "AAECA"],
  ["too little padding", "pw="],
  ["too much padding", "pw==="],
  ["nothing but padding", "===="],
  ["padding inside", "pw==AAEC"],
  ["the URL-safe alphabet", "-_-_"],
  ["an invalid character", "AAE!"],
  ["non-ASCII letters", "ÀÀÀÀ"],
  ["a space inside", "AAEC AAEC"],
  ["two lines", "AAEC\r\nAAEC"],
  ["a placeholder as its text", "<your-access-key>"],
  ["more than 4096 characters", "AAEC".repeat(1025)],
] as const;

describe("decodeAccessKey", () => {
  it.each(accepted)("decodes a key with %s", (_, key, bytes) => {
    expect([...decodeAccessKey(key)]).toEqual(bytes);
  });

  it.each(refused)("rejects a key with %s", (_, key) => {
    const error = thrownBy(() => decodeAccessKey(key));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: "INVALID_ACCESS_KEY" });
    expect(error.message).toContain("not base64");
    if (key.length > 1) expectNoSecret({ ...error, message: error.message }, key);
  });

  it.each([[undefined], [null], [5], [{}]])("rejects %s", (key) => {
    const error = thrownBy(() => decodeAccessKey(key as unknown as string));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("access key");
  });

  it("accepts 4096 characters, and rejects a hostile text of that length", () => {
    expect(decodeAccessKey("AAEC".repeat(1024))).toHaveLength(3072);
    expect(() => decodeAccessKey(`${"A".repeat(4095)}!`)).toThrow(TypeError);
  });
});
