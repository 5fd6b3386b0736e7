import { expect, it } from "vitest";
import { readHeaders } from "../../../src/undici/headers.js";

const once = `
  age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since
  last-modified location max-forwards proxy-authorization referer retry-after server set-cookie user-agent`;

it.each(once.trim().split(/\s+/))("of %s, only the first value counts, as in node:http", (name) => {
  expect(readHeaders({ [name]: ["one", "two"] } as never).toJSON()).toEqual({ [name]: "one" });
});

it("the values of other headers are joined, and a header may be empty", () => {
  const others = { "x-content-type": ["one", "two"], "content-type-x": ["one", "two"], vary: ["a", "b"] };
  const headers = readHeaders({ ...others, "retry-after": "5", etag: [], "x-empty": undefined } as never);
  expect(headers.toJSON()).toEqual({
    "x-content-type": "one, two",
    "content-type-x": "one, two",
    vary: "a, b",
    "retry-after": "5",
    etag: "",
    "x-empty": "",
  });
});
