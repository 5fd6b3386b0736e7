import type { OperationOptions } from "@azure/core-client";
import { beforeAll, describe, expect, it } from "vitest";
import type { OperationContext } from "../../src/operation/operation.js";
import { emitFixture, importGenerated, recordingContext } from "./testing.js";

type Send = (context: OperationContext, body: object, options: OperationOptions) => Promise<unknown>;

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
  let files: Map<string, string>;
  let operations: Record<"setSubject" | "setInventory", Send>;

  beforeAll(async () => {
    files = await emitFixture("recursiveModels.tsp");
    operations = await importGenerated(files, "operations.ts");
  });

  it("are written to the wire and read from it at every depth", async () => {
    const { context, requests } = recordingContext("2021-03-07", 200, wireInventory);
    expect(await operations.setInventory(context, inventory, {})).toStrictEqual(inventory);
    expect(JSON.parse(String(requests[0]?.body))).toStrictEqual(wireInventory);
  });

  it("are sent as they are if no depth differs on the wire", async () => {
    const { context, requests } = recordingContext("2021-03-07", 200, subject);
    expect(await operations.setSubject(context, subject, {})).toStrictEqual(subject);
    expect(JSON.parse(String(requests[0]?.body))).toStrictEqual(subject);
    const serializers = (files.get("models.ts") ?? "").match(/(?<=function )serialize\w+/g);
    expect(serializers?.sort()).toEqual(["Box", "Folder", "Inventory", "Shelf"].map((n) => `serialize${n}`));
  });
});
