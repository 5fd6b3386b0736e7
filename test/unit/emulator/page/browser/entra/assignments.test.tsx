// @vitest-environment happy-dom
import { screen } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import {
  announced,
  choose,
  click,
  dialog,
  directoryOf,
  field,
  fill,
  infoOf,
  optionsOf,
  settle,
} from "../openPage.js";
import { entraAssignment, form, openEntraPane } from "./openEntraPane.js";

const application = { name: "console", clientId: "client", redirectUris: [], permissions: [] };
const guids = [1, 2, 3, 4].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
const [erin = "", a = "", b = "", tenantId = ""] = guids;

describe("an assignment", () => {
  const save = () => form("Save an assignment");

  it("is listed with whom it is for, and deleted", async () => {
    const api = await openEntraPane();
    expect(screen.queryByText("Nobody can exchange an Entra token.")).toBeNull();
    expect(screen.getByText(/through a, b$/)).toBeDefined();
    expect(screen.getByText(/through all applications$/)).toBeDefined();
    for (const what of [
      "Entra assignment of Carol (carol@contoso.com)",
      "Teams extension assignment of dave@contoso.com",
    ]) {
      await click(`Delete ${what}`);
      await click("Delete", dialog());
      expect(announced()).toBe(`${what} was deleted`);
    }
    expect(api.changes).toEqual([
      ["DELETE /entra/assignments/carol-id"],
      ["DELETE /teamsExtension/assignments/tenant/dave-id"],
    ]);
  });

  it("of Entra without an application is for none, and a list without one says so", async () => {
    const api = await openEntraPane({
      directory: directoryOf({ entraAssignments: [{ ...entraAssignment, clientIds: [] }] }),
    });
    expect(screen.getByText(/through no application$/)).toBeDefined();
    api.directory = directoryOf();
    api.info = infoOf({ revision: 2 });
    await settle(1000);
    expect(screen.getByText("Nobody can exchange an Entra token.")).toBeDefined();
  });

  it("of Entra is saved for the application of the directory, unless others are entered", async () => {
    const api = await openEntraPane({
      directory: { ...directoryOf(), applications: [application] as never },
    });
    expect(save().textContent).toContain("The default is console.");
    expect([field("Tenant id", save()).value, field("Client ids", save()).value]).toEqual([
      "tenant",
      "client",
    ]);
    await fill("Tenant id", tenantId, save());
    await click("Save assignment");
    expect(screen.getByText("Enter the object id, a GUID.")).toBeDefined();
    await fill("Object id", erin.toUpperCase(), save());
    await choose("Principal type", "group", save());
    await fill("Client ids", ` ${a}, ${b}  c `, save());
    await click("Save assignment");
    expect(screen.getByText("Enter client ids, which are GUIDs, separated by spaces.")).toBeDefined();
    expect(api.changes).toEqual([]);
    await fill("Client ids", ` ${a}, ${b}  `, save());
    await click("Save assignment");
    expect(api.changes).toEqual([
      ["POST /entra/assignments", { tenantId, objectId: erin, principalType: "group", clientIds: [a, b] }],
    ]);
    expect(announced()).toBe("The Entra assignment was saved");
  });

  it("needs a tenant, and is saved without an application as for none", async () => {
    const api = await openEntraPane();
    await fill("Object id", erin, save());
    await fill("Client ids", "", save());
    await fill("Tenant id", "contoso.com", save());
    await click("Save assignment");
    const message = screen.getByText("Enter the tenant id, a GUID.");
    expect(field("Tenant id", save()).getAttribute("aria-describedby")).toBe(message.id);
    await fill("Tenant id", tenantId, save());
    await click("Save assignment");
    expect(api.changes).toEqual([
      ["POST /entra/assignments", { tenantId, objectId: erin, principalType: "user", clientIds: [] }],
    ]);
  });

  it("of Teams extension has types of its own, and is for all applications unless some are entered", async () => {
    const api = await openEntraPane();
    const entraTypes = optionsOf("Principal type", save());
    await choose("Kind", "Teams extension", save());
    expect(optionsOf("Principal type", save())).toContain("teamsResourceAccount");
    expect(entraTypes).not.toContain("teamsResourceAccount");
    expect(field("Client ids", save()).value).toBe("");
    await fill("Tenant id", tenantId, save());
    await fill("Object id", erin, save());
    await choose("Principal type", "teamsResourceAccount", save());
    await click("Save assignment");
    expect(api.changes).toEqual([
      [
        "POST /teamsExtension/assignments",
        { tenantId, objectId: erin, principalType: "teamsResourceAccount" },
      ],
    ]);
    expect(announced()).toBe("The Teams extension assignment was saved");
  });

  it("of one kind has no client ids that were entered for the other", async () => {
    await openEntraPane();
    await fill("Client ids", a, save());
    await choose("Kind", "Teams extension", save());
    expect(field("Client ids", save()).value).toBe("");
  });
});
