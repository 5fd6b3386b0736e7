import { beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../src/operation/operation.js";
import { send } from "../../src/operation/send.js";
import { emitFixture, importGenerated, recordingContext } from "./testing.js";

const subject = { narrower: [{ narrower: [{ name: "sonnet" }], name: "poem" }], name: "letters" };
const opened = new Date("2030-01-02T03:04:05.678Z");
const wireOpened = "2030-01-02T03:04:05.678Z";

const inventory = {
  subjects: [subject],
  folders: [{ folders: [{ folders: [{ opened }], parent: { opened } }], opened, subject }],
  shelf: { boxes: [{ home: { boxes: [{ label: "inner" }] }, label: "outer" }] },
  boxes: [{ home: { boxes: [] }, label: "loose" }],
};
const wireInventory = {
  subjects: [subject],
  folders: [
    {
      folders: [{ folders: [{ opened: wireOpened }], parent: { opened: wireOpened } }],
      opened: wireOpened,
      subject,
    },
  ],
  shelf: { boxes: [{ home: { boxes: [{ "box-label": "inner" }] }, "box-label": "outer" }] },
  boxes: [{ home: { boxes: [] }, "box-label": "loose" }],
};

describe("recursive models", () => {
  let operations: Record<"setSubject" | "getInventory", Operation<object, unknown>>;

  beforeAll(async () => {
    operations = await importGenerated(await emitFixture("recursiveModels.tsp"), "operations.ts");
  });

  it("are read from the wire at every depth", async () => {
    const { context } = recordingContext("2021-03-07", 200, wireInventory);
    expect(await send(context, operations.getInventory, {}, {})).toStrictEqual(inventory);
  });

  it("are sent as they are", async () => {
    const { context, requests } = recordingContext("2021-03-07", 200, subject);
    expect(await send(context, operations.setSubject, { body: subject }, {})).toStrictEqual(subject);
    expect(JSON.parse(String(requests[0]?.body))).toStrictEqual(subject);
  });
});
