import { expect, it } from "vitest";
import { parseUrl } from "../../../src/shared/parseUrl.js";

it("reads a host that isn't ASCII, however often it has been called", () => {
  for (let count = 0; count < 20_000; count++) parseUrl("https://host.example");
  expect(parseUrl("https://bücher.example")?.host).toBe("xn--bcher-kva.example");
});

it("returns undefined for what isn't a URL", () => {
  expect(parseUrl("endpoint=https://host.example")).toBeUndefined();
});
