import { describe, expect, it } from "vitest";
import { methods, queryOf, teamsExtension } from "../operation/methods.js";

describe("the default version of the service", () => {
  it.each(methods)(
    "is 2023-10-01 for %s, which exists since %s, unless that is too old",
    async (_, since, run) => {
      const version = since === teamsExtension ? since : "2023-10-01";
      expect(await queryOf(undefined, run)).toBe(`?api-version=${version}`);
    },
  );
});
