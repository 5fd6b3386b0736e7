import { createHttpHeaders, type HttpHeaders } from "@azure/core-rest-pipeline";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeaderMap } from "../../src/headerMap.js";

const name = fc.constantFrom("Accept", "accept", "x-ms-date", "X-MS-Date", "Authorization", "x");
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", " ", "\t", "\r", "\n", "é", ":") }),
  fc.integer(),
  fc.boolean(),
);
const change = fc.oneof(
  fc.record({ name, value }),
  fc.record({ name }), // A deletion.
);

const seenOf = (headers: HttpHeaders): unknown => ({
  entries: [...headers],
  lowerCase: headers.toJSON(),
  asSet: headers.toJSON({ preserveCase: true }),
  json: JSON.stringify(headers),
  read: ["ACCEPT", "x-ms-date", "authorization", "none"].map((each) => [
    headers.get(each),
    headers.has(each),
  ]),
});

describe("HeaderMap", () => {
  it("holds, shows and cleans headers as core's class does, whatever is set and deleted", () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const both = [new HeaderMap(), createHttpHeaders()];
        for (const headers of both) {
          for (const each of changes) {
            if ("value" in each) headers.set(each.name, each.value);
            else headers.delete(each.name);
          }
        }
        const [ours, cores] = both.map(seenOf);
        expect(ours).toEqual(cores);
      }),
    );
  });

  it("takes headers of fetch", () => {
    expect([...new HeaderMap(new Headers({ "X-A": "1", b: "2" }))]).toEqual([
      ["b", "2"],
      ["x-a", "1"],
    ]);
  });
});
