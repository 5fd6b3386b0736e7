import { expect, it } from "vitest";
import { isLoopback } from "../../../src/shared/loopback.js";

it.each(["127.0.0.1", "127.255.0.9", "[::1]", "localhost", "a.localhost", "a.b.localhost"])(
  "%s is a loopback host",
  (host) => expect(isLoopback(host)).toBe(true),
);

it.each([
  "127.0.0.1.example",
  "1127.0.0.1",
  "127.0.1",
  "a.127.0.0.1",
  "[::1].example",
  "a[::1]",
  "[::2]",
  "localhost.example",
  "notlocalhost",
  "",
])("%j isn't a loopback host", (host) => expect(isLoopback(host)).toBe(false));
