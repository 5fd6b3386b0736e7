import { expect, it } from "vitest";
import { transportPolicy } from "../../src/pipeline/transport.web.js";
import { answer, newRequest } from "../helpers/policyRequests.js";

it("fetch follows no redirect, and one that a browser hides is an error", async () => {
  const request = newRequest();
  const shown = await transportPolicy().sendRequest(request, async () => answer(302));
  expect(shown.status).toBe(302);
  expect(request.requestOverrides).toEqual({ redirect: "manual" });
  const hidden = transportPolicy().sendRequest(request, async () => answer(0));
  await expect(hidden).rejects.toMatchObject({
    name: "RestError",
    message: expect.stringContaining("a redirect"),
    request,
  });
});
