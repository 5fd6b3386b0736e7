import { expect, it, onTestFinished } from "vitest";
import { expectManyListeners } from "../../src/operation/manyListeners.node.js";

it("hundreds of listeners at the signal of an app cause no warning", async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error) => void warnings.push(name);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const { signal } = new AbortController();
  expectManyListeners(signal);
  for (let index = 0; index < 200; index++) signal.addEventListener("abort", () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});

it("a signal that isn't native, or none, is left alone", () => {
  const signal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  expect(() => expectManyListeners(signal)).not.toThrow();
  expect(() => expectManyListeners(undefined)).not.toThrow();
});
