import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { serviceVersions } from "../src/generated/apiVersions.js";
import { communicationIdentityTokenScopeVersions } from "../src/generated/enumVersions.js";
import { idSegments } from "../src/generated/idSegments.js";
import { routes } from "../src/generated/routes.js";
import { withFolder } from "./emitter/testing.js";
import { findDifferences, generateFiles, writeFiles } from "./generatedFiles.js";

const root = fileURLToPath(new URL("..", import.meta.url));

let files: Map<string, string>;
beforeAll(async () => {
  files = await generateFiles(root);
});

/** Runs `use` in a copy of the package that has the spec and freshly generated files. */
function withCopy(use: (copy: string) => Promise<void>): Promise<void> {
  return withFolder(async (copy) => {
    for (const name of ["spec", "package.json", "tsconfig.json"]) {
      await cp(join(root, name), join(copy, name), { recursive: true });
    }
    await symlink(join(root, "tools/node_modules"), join(copy, "node_modules"), "junction");
    await writeFiles(copy, files);
    await use(copy);
  });
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, "utf8")));
}

describe("the generator", () => {
  it("has written what is committed", async () => {
    expect(await findDifferences(root, files)).toEqual([]);
  });

  it("names edited, missing and superfluous files", () =>
    withCopy(async (copy) => {
      await edit(join(copy, "src/generated/models.ts"), (text) => `${text}// edited\n`);
      await edit(join(copy, "spec/openapi/openapi.2021-03-07.json"), (text) => text.replace("201", "200"));
      await writeFile(join(copy, "src/generated/old.ts"), "");
      const expected = new Map([...files, ["src/generated/new.ts", ""]]);
      expect(await findDifferences(copy, expected)).toEqual([
        "spec/openapi/openapi.2021-03-07.json differs",
        "src/generated/models.ts differs",
        "src/generated/new.ts is missing",
        "src/generated/old.ts is superfluous",
      ]);
    }));

  it("finds no difference in what it just wrote, even in another folder and for CRLF line endings", () =>
    withCopy(async (copy) => {
      await edit(join(copy, "spec/entra.tsp"), (text) => text.replaceAll("\n", "\r\n"));
      expect(await findDifferences(copy, await generateFiles(copy))).toEqual([]);
    }));

  it("removes superfluous files when it writes", () =>
    withCopy(async (copy) => {
      await writeFile(join(copy, "src/generated/old.ts"), "");
      await writeFiles(copy, files);
      expect(await findDifferences(copy, files)).toEqual([]);
    }));
});

const preview = "2025-03-02-preview";
const stable: string[] = serviceVersions.filter((version) => version !== preview);
const since = (first: string): string[] => stable.filter((version) => version >= first);
const withPreview = (versions: string[]): string[] => [...versions, preview].sort();

describe("the spec", () => {
  it.each([
    ["createUser", withPreview(stable)],
    ["getUserDetail", [preview]],
    ["deleteUser", withPreview(stable)],
    ["revokeTokens", withPreview(stable)],
    ["getToken", withPreview(stable)],
    ["getTokenForTeamsUser", withPreview(since("2022-06-01"))],
    ["getTokenForTeamsExtensionUser", withPreview(since("2025-06-30"))],
    ["getTeamsExtensionAssignment", withPreview(since("2025-06-30"))],
    ["upsertTeamsExtensionAssignment", withPreview(since("2025-06-30"))],
    ["deleteTeamsExtensionAssignment", withPreview(since("2025-06-30"))],
    ["getTokenForEntraUser", [preview]],
    ["listEntraAssignments", [preview]],
    ["updateEntraAssignments", [preview]],
    ["getEntraAssignment", [preview]],
    ["upsertEntraAssignment", [preview]],
    ["deleteEntraAssignment", [preview]],
  ])("has %s in the service's versions", (operation, versions) => {
    expect(routes.find((route) => route.operation === operation)?.versions).toEqual(versions);
  });

  it("gives the client the operations that it has methods for, and no others", () => {
    const names = [...(files.get("src/generated/operations.ts") ?? "").matchAll(/^export const (\w+)/gm)];
    expect(names.map(([, name]) => name)).toEqual([
      "createUser",
      "deleteUser",
      "revokeTokens",
      "getToken",
      "getTokenForTeamsUser",
      "getTeamsExtensionAssignment",
      "upsertTeamsExtensionAssignment",
      "deleteTeamsExtensionAssignment",
    ]);
    expect(files.get("src/generated/models.ts")).not.toMatch(/function \w*Entra/);
  });

  it("has the rate limits that the service documents", () => {
    const limits = Object.fromEntries(routes.map(({ operation, rateLimit }) => [operation, rateLimit]));
    const perHalfMinute = (requests: number) => ({ requests, seconds: 30 });
    expect(limits).toEqual({
      createUser: perHalfMinute(1000),
      getToken: perHalfMinute(1000),
      deleteUser: perHalfMinute(500),
      revokeTokens: perHalfMinute(500),
      getTokenForTeamsUser: perHalfMinute(500),
      getTokenForTeamsExtensionUser: perHalfMinute(500),
      getTokenForEntraUser: perHalfMinute(500),
    });
  });

  it("has the path segments before ids", () => {
    expect(idSegments).toEqual(["identities", "tenants", "assignments"]);
  });

  it("has the body members in the service's versions", () => {
    const expiresInMinutes = withPreview(since("2022-10-01"));
    expect(
      Object.fromEntries(routes.map(({ operation, bodyVersions }) => [operation, bodyVersions])),
    ).toMatchObject({
      createUser: { expiresInMinutes, customId: [preview] },
      getToken: { expiresInMinutes },
      upsertTeamsExtensionAssignment: {},
    });
  });

  it("has the join scopes since 2023-10-01 and the identity's details only in the preview", () => {
    const schemas = (version: string): Record<string, never> =>
      JSON.parse(files.get(`spec/openapi/openapi.${version}.json`) ?? "").components.schemas;
    const scopes = (version: string) => schemas(version).CommunicationIdentityTokenScope;
    const full = ["chat", "voip"];
    const join = ["chat.join", "chat.join.limited", "voip.join"];
    const open = (values: string[]) => ({ anyOf: [{ type: "string" }, { type: "string", enum: values }] });
    expect(scopes("2022-10-01")).toMatchObject(open(full));
    expect(scopes("2023-10-01")).toMatchObject(open([...full, ...join]));
    const joinVersions = withPreview(since("2023-10-01"));
    expect(communicationIdentityTokenScopeVersions).toEqual({
      ...Object.fromEntries(full.map((scope) => [scope, withPreview(stable)])),
      ...Object.fromEntries(join.map((scope) => [scope, joinVersions])),
    });
    const members = (version: string) =>
      Object.keys((schemas(version).CommunicationIdentity as unknown as { properties: object }).properties);
    expect(members(preview)).toEqual(["customId", "lastTokenIssuedAt", "id"]);
    expect(members("2025-06-30")).toEqual(["id"]);
  });
});

describe("the OpenAPI documents", () => {
  it("have exactly the operations of the route table in each version", () => {
    for (const [file, text] of files) {
      const version = /openapi\.(.*)\.json$/.exec(file)?.[1];
      if (version === undefined) continue;
      const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> };
      const documented = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const routed = routes.filter(({ versions }) => (versions as readonly string[]).includes(version));
      expect(documented.sort(), version).toEqual(
        routed.map(({ method, path }) => `${method} ${path}`).sort(),
      );
    }
  });
});
