import { expect, it } from "vitest";
import { readHeaders } from "../../src/undici/headers.js";

it("headers that node:http keeps once have their first value, others all of them", () => {
  const headers = readHeaders({
    "content-type": ["application/json", "text/plain"],
    "set-cookie": ["a=1", "b=2"],
    "retry-after": "5",
    "x-content-type": ["one", "two"],
    "content-type-x": ["one", "two"],
    "if-unmodified-since": ["a", "b"],
    "if-modified-since": ["a", "b"],
    etag: [],
    "x-empty": undefined,
  } as never);
  expect(headers.toJSON()).toEqual({
    "content-type": "application/json",
    "set-cookie": "a=1",
    "retry-after": "5",
    "x-content-type": "one, two",
    "content-type-x": "one, two",
    "if-unmodified-since": "a",
    "if-modified-since": "a",
    etag: "",
    "x-empty": "",
  });
});
