import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { data, fileWith, log, modeOf, start, text, useDataFile } from "../../../helpers/emulator/dataFile.js";
import { makeUser } from "../../../helpers/testing/ask.js";

useDataFile();

describe("a data file", () => {
  it("loses only its last record when that is cut off, and the emulator logs it", async () => {
    const [kept] = await fileWith(2);
    const whole = text();
    const [last = ""] = whole.split("\n").slice(-2);
    writeFileSync(data, whole.slice(0, -5));
    const second = await start();
    const message = `${data}: ignored ${last.length - 4} bytes of an incomplete record`;
    const later = await makeUser(second.service);
    expect(log.filter(({ level }) => level === "warn")).toEqual([{ level: "warn", message }]);
    await second.close();
    expect(text().endsWith("\n")).toBe(true);
    expect((await start()).service.users.map(({ id }) => id)).toEqual([kept, later]);
  });

  const newKey = '{"type":"accessKeyRegenerated","keyType":"primary","key":"AAAA","upTo":0,"at":1}';

  it.each<[string, number, (text: string) => string]>([
    ["a byte changed in the middle", 3, (all) => all.replace('"type":"userCreated"', '"type":"userCreatex"')],
    ["a line without its end", 2, (all) => all.replace(/\}\n(\{"type":"userCreated")/g, "$1")],
    ["a corrupt last line", 4, (all) => `${all.slice(0, -9)}xxxxxxxx\n`],
    ["an invalid number", 3, (all) => all.replace('"user":1', '"user":-1')],
    ["a key that isn't base64", 5, (all) => `${all}${newKey.replace("AAAA", "%")}\n`],
    ["an unknown member", 3, (all) => all.replace('"user":1', '"user":1,"more":1')],
    ["another version", 1, (all) => all.replace('"acsIdentityEmulator":4', '"acsIdentityEmulator":3')],
    ["the content of another file", 1, () => "# a README\n"],
    ["no complete line", 1, () => "something"],
    ["zeros", 1, () => "\0".repeat(5000)],
    ["a secret in a line that isn't JSON", 5, (all) => `${all}c2VjcmV0\n`],
  ])(
    "that is damaged is rejected, and left as it is, with its mode and without a lock: %s",
    async (_, line, damage) => {
      await fileWith(2);
      const damaged = damage(text());
      writeFileSync(data, damaged);
      chmodSync(data, 0o644);
      for (let round = 0; round < 2; round++) {
        const error = await start().catch((reason: Error) => reason);
        expect(error).toMatchObject({ name: "DataFileError", problem: "damaged", file: data });
        expect(String(error)).toContain(`${data}: damaged in line ${line}: `);
        expect(String(error), "JSON.parse quotes what it can't read").not.toContain("c2VjcmV0");
      }
      expect([text(), modeOf(data) & 0o444]).toEqual([damaged, 0o444]);
    },
  );

  it.each([
    ["UTF-8", (all: string) => Buffer.from(all)],
    ["UTF-16", (all: string) => Buffer.from(all, "utf16le")],
    ["UTF-16", (all: string) => Buffer.from(all, "utf16le").swap16()],
  ])("is rejected with the byte order mark of %s, by name", async (name, encode) => {
    await fileWith(0);
    const marked = encode(`\ufeff${text()}`);
    writeFileSync(data, marked);
    await expect(start()).rejects.toThrow(
      `damaged in line 1: it begins with the byte order mark of ${name}. Save it as UTF-8 without one. The file was left unchanged: correct the line, or move the file away`,
    );
    expect(readFileSync(data)).toEqual(marked);
  });

  it.each([
    ["have the line ends of Windows", (all: string) => all.replaceAll("\n", "\r\n")],
    ["lack the last line end", (all: string) => all.trimEnd()],
  ])("may %s, as an editor writes it", async (_, edit) => {
    const ids = await fileWith(2);
    writeFileSync(data, edit(text()));
    const { service, close } = await start();
    ids.push(await makeUser(service));
    await close();
    expect((await start()).service.users.map(({ id }) => id)).toEqual(ids);
  });

  it("is rejected when it belongs to another resource", async () => {
    await fileWith(0);
    const resourceId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    await expect(start({ resourceId })).rejects.toMatchObject({
      problem: "otherResource",
      message: `${data}: it holds users of the resource 00ac5000-1de4-4717-8000-0000000000f5, not ${resourceId}`,
    });
  });
});
