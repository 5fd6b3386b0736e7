import { join } from "node:path";
import {
  createCommunicationAccessKeyCredentialPolicy,
  parseConnectionString,
} from "@azure/communication-common";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
} from "@azure/core-rest-pipeline";
import { afterAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";

const folder = temporaryFolder(afterAll);

const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const assignment = {
  tenantId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
  principalType: "user",
  clientIds: ["3c7e6939-5f2d-4031-9c73-8c0e4b9d1023"],
};

/** Sends a request as a client that is generated from Microsoft's specification does. */
async function send({ connectionString }: Emulator, method: HttpMethods, path: string, body?: object) {
  const { credential, endpoint } = parseConnectionString(connectionString);
  const pipeline = createPipelineFromOptions({});
  pipeline.addPolicy(createCommunicationAccessKeyCredentialPolicy(credential));
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const request = createPipelineRequest({
    url: `${endpoint.replace(/\/$/, "")}/access/entra/assignments${path}?api-version=2025-03-02-preview`,
    method,
    headers: createHttpHeaders({ Accept: "application/json", ...(body && { "Content-Type": type }) }),
    ...(body && { body: JSON.stringify(body) }),
    allowInsecureConnection: true,
  });
  const { status, bodyAsText } = await pipeline.sendRequest(createDefaultHttpClient(), request);
  return { status, body: bodyAsText ? JSON.parse(bodyAsText) : undefined };
}

it("lists, puts a user, gets, patches to a group and deletes, and a restart keeps the outcome", async () => {
  const data = join(folder, "data");
  let emulator = await startEmulator({ data });
  try {
    const initial = emulator.service.entra.assignments;
    expect(await send(emulator, "GET", "")).toEqual({ status: 200, body: { value: initial } });
    const put = await send(emulator, "PUT", `/${objectId}`, assignment);
    expect(put).toEqual({ status: 201, body: { objectId, ...assignment } });
    expect(await send(emulator, "GET", `/${objectId}`)).toEqual({ ...put, status: 200 });
    const group = { ...assignment, principalType: "group" };
    const value = [...initial, { objectId, ...group }];
    expect(await send(emulator, "PATCH", "", { [objectId]: group })).toEqual({
      status: 200,
      body: { value },
    });

    await emulator.close();
    emulator = await startEmulator({ data });
    expect((await send(emulator, "GET", "")).body).toEqual({ value });
    expect(await send(emulator, "DELETE", `/${objectId}`)).toEqual({ status: 204, body: undefined });
    expect((await send(emulator, "PATCH", "", { [initial[0]?.objectId ?? ""]: null })).body).toEqual({
      value: [],
    });

    await emulator.close();
    emulator = await startEmulator({ data });
    expect((await send(emulator, "GET", "")).body).toEqual({ value: [] });
  } finally {
    await emulator.close();
  }
});
