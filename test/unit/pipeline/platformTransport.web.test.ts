import { expect, it } from "vitest";
import { platformTransport } from "../../../src/pipeline/platformTransport.web.js";
import { answer, newRequest } from "../../helpers/policyRequests.js";

const transport = platformTransport(new URL("https://a.example"), {});

it("fetch follows no redirect, and one that a browser hides is an error", async () => {
  const request = newRequest();
  const shown = await transport(request, async () => answer(302));
  expect(shown.status).toBe(302);
  expect(request.requestOverrides).toEqual({ redirect: "manual" });
  const hidden = transport(request, async () => answer(0));
  await expect(hidden).rejects.toMatchObject({
    name: "RestError",
    message: expect.stringContaining("a redirect"),
    request,
  });
});

it("the overrides of a user's policy reach fetch, except that redirects aren't followed", async () => {
  const request = newRequest({ requestOverrides: { cache: "no-store", redirect: "follow" } });
  await transport(request, async () => answer(200));
  expect(request.requestOverrides).toEqual({ cache: "no-store", redirect: "manual" });
});
