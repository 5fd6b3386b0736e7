import { describe, expect, it } from "vitest";
import type { ListedRequest } from "../../../../../../src/emulator/admin/models.js";
import { marked, receivedText } from "../../../../../../src/emulator/page/browser/requests/receivedBody.js";

describe("a request's body on the page", () => {
  it.each([
    [{ body: { x: 1 }, bodyText: '{ "x": 1 }' }, '{ "x": 1 }'],
    [{ body: { x: 1 } }, '{"x":1}'],
    [{ body: "chat" }, '"chat"'],
    [{ body: null }, "null"],
    [{ body: "<5000 bytes>" }, undefined],
    [{ body: "<12 bytes, not JSON>" }, undefined],
    [{}, undefined],
  ])("of %j was received as %j", (request, text) => {
    expect(receivedText(request as ListedRequest)).toBe(text);
  });

  it("shows its blanks and its byte order mark", () => {
    expect(marked('\ufeff{"x": 1,\t"y y":2}\r\n')).toEqual(
      [
        ["<byte order mark>", true],
        ['{"x":', false],
        ["·", true],
        ["1,", false],
        ["→", true],
        ['"y', false],
        ["·", true],
        ['y":2}', false],
        ["\\r", true],
        ["\\n\n", true],
      ].map(([text, isMark]) => ({ text, isMark })),
    );
  });
});
