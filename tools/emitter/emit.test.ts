import { beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../src/operation/operation.js";
import { send } from "../../src/operation/send.js";
import { emitFixture, importGenerated, recordingContext } from "./testing.js";

type Operations = Record<"borrow" | "addBook" | "removeBook", Operation<object, unknown>>;

const wireBook = {
  title: "Emma",
  cover: "hard",
  authors: [{ "display-name": "Jane Austen", born: "1775-12-16T00:00:00.1234567+00:00" }],
};
const book = {
  title: "Emma",
  cover: "hard",
  authors: [{ name: "Jane Austen", born: new Date("1775-12-16T00:00:00.123Z") }],
};
const path = ["s", "b"];

describe("generated operations", () => {
  let operations: Operations;

  beforeAll(async () => {
    operations = await importGenerated<Operations>(await emitFixture("library.tsp"), "operations.ts");
  });

  it("are values with the name of the client's method", () => {
    expect(operations.borrow).toStrictEqual({
      name: "borrow",
      method: "POST",
      path: ["/shelves/", "/books/", "/:lend"],
      contentType: "application/json",
      since: undefined,
      bodySince: { extendable: "2023-10-01" },
      statuses: [200],
      deserialize: expect.any(Function),
    });
    expect(operations.removeBook).toStrictEqual({
      name: "removeBook",
      method: "DELETE",
      path: ["/books/", ""],
      contentType: undefined,
      since: "2023-10-01",
      bodySince: {},
      statuses: [204],
      deserialize: undefined,
    });
  });

  it("percent-encode each path argument as one segment", async () => {
    const { context, requests } = recordingContext("2021-03-07", 200, wireBook);
    await send(context, operations.borrow, { path: ["8:acs:a b", "x/y?z"], body: { from: "f" } }, {});
    expect(requests[0]?.method).toBe("POST");
    expect(requests[0]?.url).toBe(
      "https://library.example/shelves/8%3Aacs%3Aa%20b/books/x%2Fy%3Fz/:lend?api-version=2021-03-07",
    );
    expect(requests[0]?.body).toBe('{"from":"f"}');
  });

  it("send an optional body only if there is one, and the content type either way", async () => {
    const { context, requests } = recordingContext("2021-03-07", 201, wireBook);
    await send(context, operations.addBook, {}, {});
    await send(context, operations.addBook, { body: { title: "A" } }, {});
    expect(requests.map(({ body }) => body)).toEqual([undefined, '{"title":"A"}']);
    expect(requests.map(({ headers }) => headers.get("content-type"))).toEqual(
      Array(2).fill("application/json"),
    );
  });

  it("send no content type for an operation without a body, and resolve to undefined on 204", async () => {
    const { context, requests } = recordingContext("2023-10-01", 204);
    expect(await send(context, operations.removeBook, { path: ["b"] }, {})).toBeUndefined();
    expect(requests[0]?.headers.has("content-type")).toBe(false);
  });

  it("use the version that introduced the operation if the client's version lacks it", async () => {
    const { context, requests } = recordingContext("2021-03-07", 204);
    await send(context, operations.removeBook, { path: ["b"] }, {});
    expect(requests[0]?.url).toBe("https://library.example/books/b?api-version=2023-10-01");
  });

  it("reject a member that came later than the client's version", async () => {
    const { context, requests } = recordingContext("2021-03-07", 200, wireBook);
    const body = { from: "f", extendable: true };
    await expect(send(context, operations.borrow, { path, body }, {})).rejects.toThrow(/^extendable needs/);
    expect(requests).toEqual([]);
  });

  it("read dates, arrays of models and renamed members, but no undocumented or withdrawn ones", async () => {
    const { context } = recordingContext("2021-03-07", 200, { ...wireBook, undocumented: 1, isbn: "i" });
    expect(await send(context, operations.borrow, { path }, {})).toStrictEqual(book);
  });

  it("read optional members, and omit those that are absent or null", async () => {
    const optional = {
      genres: ["poem", "new"],
      shelves: [["a", "b"], []],
      publisher: { "display-name": "P" },
    };
    const { context } = recordingContext("2021-03-07", 200, { ...wireBook, ...optional, lentOn: null });
    expect(await send(context, operations.borrow, { path }, {})).toStrictEqual({
      ...book,
      ...optional,
      publisher: { name: "P" },
    });
  });

  it.each([
    ["a required member that is missing", { title: undefined }, "body.title is missing"],
    ["a required member that is null", { authors: null }, "body.authors is missing or not an array"],
    [
      "a renamed member, by its wire name",
      { authors: [{ "display-name": 7 }] },
      "body.authors.display-name is missing or not a string",
    ],
    ["a date without an offset", { lentOn: ["2030-01-01T00:00:00"] }, "body.lentOn is missing or not a date"],
    ["a nested model that is text", { publisher: "secret" }, "body.publisher is missing or not an object"],
    ["an item of an inner array", { shelves: [[5]] }, "body.shelves is missing or not a"],
  ])("name %s without showing its value", async (_, wrong, message) => {
    const { context } = recordingContext("2021-03-07", 200, { ...wireBook, ...wrong });
    const error = await send(context, operations.borrow, { path }, {}).catch((reason: unknown) => reason);
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
        bodyVersions: { extendable: ["2023-10-01", "2025-06-30"], note: ["2023-10-01"] },
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
    ["unsupportedRequest.tsp", "label of Box: a renamed or date member of a request."],
    [
      "unsupportedName.tsp",
      "the x-client-name-with until, no member of the body, which operation removeTenant has.",
    ],
  ])("rejects what it can't write: %s", async (fixture, what) => {
    await expect(emitFixture(fixture)).rejects.toThrow(`The emitter can't write ${what}`);
  });
});
