import { expect, it } from "vitest";
import { createFakeIdentityService } from "../../../../../src/testing/index.js";
import { decode } from "../form.js";

const ids = {
  clientId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
  userObjectId: "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023",
};

it.each([
  [undefined, 64],
  [5, 5],
  [-1, -1],
])("a Teams user's token of %j minutes is valid for %i", async (expiresInMinutes, minutes) => {
  const token = await createFakeIdentityService().createTeamsUserToken({ ...ids, expiresInMinutes });
  const { appid, oid, scp, iat, exp } = decode(token);
  expect([appid, oid, scp]).toEqual([ids.clientId, ids.userObjectId, "Teams.ManageCalls Teams.ManageChats"]);
  expect((exp - iat) / 60).toBe(minutes);
});
