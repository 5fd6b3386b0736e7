import type { OperationOptions } from "@azure/core-client";
import { beforeAll, describe, expect, it } from "vitest";
import type { OperationContext } from "../../src/operation/operation.js";
import { namesArgument } from "./argumentName.js";
import { emitFixture, importGenerated, recordingContext } from "./testing.js";

interface Operations {
  lendBook(
    context: OperationContext,
    shelf: string,
    book: string,
    body: Record<string, unknown>,
    options: OperationOptions,
  ): Promise<unknown>;
  addBook(
    context: OperationContext,
    body: Record<string, unknown> | undefined,
    options: OperationOptions,
  ): Promise<unknown>;
  removeBook(context: OperationContext, book: string, options: OperationOptions): Promise<unknown>;
}

const wireBook = {
  title: "Emma",
  pages: 474,
  inPrint: true,
  cover: "hard",
  authors: [{ "display-name": "Jane Austen", born: "1775-12-16T00:00:00.1234567+00:00" }],
};
const book = {
  title: "Emma",
  pages: 474,
  inPrint: true,
  cover: "hard",
  authors: [{ name: "Jane Austen", born: new Date("1775-12-16T00:00:00.123Z") }],
};
const from = new Date("2030-01-02T03:04:05.678Z");

describe("generated operations", () => {
  let files: Map<string, string>;
  let operations: Operations;

  beforeAll(async () => {
    files = await emitFixture("library.tsp");
    operations = await importGenerated<Operations>(files, "operations.ts");
  });

  it("percent-encode each path argument as one segment", async () => {
    const { context, requests } = recordingContext("2021-03-07", 200, wireBook);
    await operations.lendBook(context, "8:acs:a b", "x/y?z", { from }, {});
    expect(requests[0]?.method).toBe("POST");
    expect(requests[0]?.url).toBe(
      "https://library.example/shelves/8%3Aacs%3Aa%20b/books/x%2Fy%3Fz/:lend?api-version=2021-03-07",
    );
  });

  it("send members in the spec's order, by wire name, with dates as ISO text, and omit unset ones", async () => {
    const { context, requests } = recordingContext("2023-10-01", 200, wireBook);
    const body = {
      note: "n",
      mayExtend: false,
      readers: [{ name: "R", born: from }],
      reminders: [from],
      from,
    };
    await operations.lendBook(context, "s", "b", { ...body, undocumented: 1 }, {});
    expect(requests[0]?.body).toBe(
      `{"from":"2030-01-02T03:04:05.678Z","reminders":["2030-01-02T03:04:05.678Z"],` +
        `"readers":[{"display-name":"R","born":"2030-01-02T03:04:05.678Z"}],"extendable":false,"note":"n"}`,
    );
  });

  it("reject an invalid date, which JSON would turn into null", () => {
    const { context } = recordingContext("2023-10-01", 200, wireBook);
    expect(() => operations.lendBook(context, "s", "b", { from: new Date(Number.NaN) }, {})).toThrow(
      RangeError,
    );
  });

  it("send an optional body only if there is one, and the content type either way", async () => {
    const { context, requests } = recordingContext("2021-03-07", 201, wireBook);
    await operations.addBook(context, undefined, {});
    await operations.addBook(context, { name: "A" }, {});
    expect(requests.map(({ body }) => body)).toEqual([undefined, `{"display-name":"A"}`]);
    expect(requests.map(({ headers }) => headers.get("content-type"))).toEqual(
      Array(2).fill("application/json"),
    );
  });

  it("send no content type for an operation without a body, and resolve to undefined on 204", async () => {
    const { context, requests } = recordingContext("2023-10-01", 204);
    expect(await operations.removeBook(context, "b", {})).toBeUndefined();
    expect(requests[0]?.headers.has("content-type")).toBe(false);
  });

  it("use the version that introduced the operation if the client's version lacks it", async () => {
    const { context, requests } = recordingContext("2021-03-07", 204);
    await operations.removeBook(context, "b", {});
    expect(requests[0]?.url).toBe("https://library.example/books/b?api-version=2023-10-01");
  });

  it.each(["2021-03-07", "2025-06-30"])("reject a member that version %s lacks", async (version) => {
    const { context, requests } = recordingContext(version, 200, wireBook);
    await expect(operations.lendBook(context, "s", "b", { from, note: "n" }, {})).rejects.toThrow(
      /^note needs/,
    );
    expect(requests).toEqual([]);
  });

  it("read dates, arrays of models and renamed members, but no undocumented members", async () => {
    const { context } = recordingContext("2021-03-07", 200, { ...wireBook, undocumented: 1 });
    expect(await operations.lendBook(context, "s", "b", { from }, {})).toStrictEqual(book);
  });

  it("read optional members, and omit those that are absent or null", async () => {
    const optional = { genres: ["poem", "new"], shelves: [[1, 2], []], publisher: { "display-name": "P" } };
    const { context } = recordingContext("2021-03-07", 200, { ...wireBook, ...optional, lentOn: null });
    expect(await operations.lendBook(context, "s", "b", { from }, {})).toStrictEqual({
      ...book,
      ...optional,
      publisher: { name: "P" },
    });
  });

  it.each([
    ["a required member that is missing", { title: undefined }, "body.title is missing"],
    ["a required member that is null", { authors: null }, "body.authors is missing or not an array"],
    ["a number that is text", { pages: "secret" }, "body.pages is missing or not a number"],
    [
      "a renamed member, by its wire name",
      { authors: [{ "display-name": 7 }] },
      "body.authors.display-name is missing or not a string",
    ],
    ["a date without an offset", { lentOn: ["2030-01-01T00:00:00"] }, "body.lentOn is missing or not a date"],
    ["a nested model that is text", { publisher: "secret" }, "body.publisher is missing or not an object"],
    ["an item of an inner array", { shelves: [["secret"]] }, "body.shelves is missing or not a"],
  ])("name %s without showing its value", async (_, wrong, message) => {
    const { context } = recordingContext("2021-03-07", 200, { ...wireBook, ...wrong });
    const error = await operations
      .lendBook(context, "s", "b", { from }, {})
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toMatch(/secret|Emma|Austen|2030/);
  });
});

describe("generated routes", () => {
  it("list each operation with its versions and the members that some version lacks", async () => {
    const { routes } = await importGenerated<{ routes: unknown }>(
      await emitFixture("library.tsp"),
      "routes.ts",
    );
    const all = ["2021-03-07", "2023-10-01", "2025-06-30"];
    expect(routes).toEqual([
      {
        operation: "borrow",
        operationWith: { until: "borrowUntil" },
        method: "POST",
        path: "/shelves/{shelf}/books/{book}/:lend",
        versions: all,
        announcedVersions: all,
        bodyVersions: { note: ["2023-10-01"] },
        rateLimit: { requests: 3, seconds: 60 },
      },
      {
        operation: "addBook",
        method: "POST",
        path: "/books",
        versions: all,
        announcedVersions: all,
        bodyVersions: {},
      },
      {
        operation: "removeBook",
        method: "DELETE",
        path: "/books/{book}",
        versions: ["2023-10-01", "2025-06-30"],
        announcedVersions: all,
        bodyVersions: {},
      },
    ]);
  });
});

describe("generated lists", () => {
  it("contain each path segment before an id once", async () => {
    const { idSegments } = await importGenerated<{ idSegments: unknown }>(
      await emitFixture("library.tsp"),
      "idSegments.ts",
    );
    expect(idSegments).toEqual(["shelves", "books"]);
  });

  it("contain the values of each enum with the versions that have them", async () => {
    const generated = await importGenerated<object>(await emitFixture("library.tsp"), "enumVersions.ts");
    const all = ["2021-03-07", "2023-10-01", "2025-06-30"];
    expect({ ...generated }).toEqual({
      genreVersions: { novel: all, poem: all, essay: ["2023-10-01"] },
      coverVersions: { hard: all, soft: all },
    });
  });
});

describe("the emitter", () => {
  it.each([
    ["unsupported.tsp", "the query parameter page, which operation listBooks has."],
    [
      "unsupportedPath.tsp",
      "the path parameter tenant-id (no name for an argument: rename it in the spec), which operation removeTenant has.",
    ],
    [
      "unsupportedName.tsp",
      "the x-client-name-with until, no member of the body, which operation removeTenant has.",
    ],
  ])("rejects what it can't write and names the operation: %s", async (fixture, what) => {
    await expect(emitFixture(fixture)).rejects.toThrow(`The emitter can't write ${what}`);
  });

  it.each(["tenant-id", "2nd", "a b", "", "class", "await", "yield", "context", "body", "options"])(
    "rejects the name %j for an argument",
    (name) => {
      expect(namesArgument(name)).toBe(false);
    },
  );

  it.each(["id", "tenantId", "$id", "_2", "type", "from", "classes"])("accepts the name %j", (name) => {
    expect(namesArgument(name)).toBe(true);
  });
});
