import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../../src/emulator/index.js";
import { send } from "../../../../helpers/emulator/http.js";
import { decode } from "../form.js";

const resource = encodeURIComponent("https://communication.azure.com/");

describe("a managed identity's token", () => {
  const noHeader = "The header X-IDENTITY-HEADER must be acs-identity-emulator";
  const correlationId = expect.stringMatching(/^[\da-f-]{36}$/);
  const ofVirtualMachine = (error_description: string) => ({ error: "invalid_request", error_description });
  it.each([
    [
      "App Service",
      `/msi/token?api-version=2019-08-01&resource=${resource}`,
      { "x-identity-header": "acs-identity-emulator" },
      { "x-identity-header": "ACS-identity-emulator" },
      [401, { statusCode: 401, message: noHeader, correlationId }],
      { statusCode: 400, message: "No MSI found for specified ClientId/ResourceId.", correlationId },
    ],
    [
      "a virtual machine",
      `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`,
      { metadata: "True" },
      { metadata: "false" },
      [400, ofVirtualMachine("Required metadata header not specified")],
      ofVirtualMachine("Identity not found"),
    ],
  ])(
    "is issued as on %s, but not without the header",
    async (_, target, headers, wrong, refused, unknown) => {
      const emulator = await startEmulator({ allowedHosts: ["login.example"], now: 0 });
      onTestFinished(() => emulator.close());
      const { url, service } = emulator;
      const ask = async (path: string, sent: Record<string, string | undefined> = headers) => {
        const { status, json } = await send(url, "GET", path, { headers: sent as Record<string, string> });
        return [status, json];
      };
      const { managedIdentity } = (await send(url, "GET", "/_emulator/entra")).json;
      expect(managedIdentity).toEqual({
        IDENTITY_ENDPOINT: `${url}/msi/token`,
        IDENTITY_HEADER: "acs-identity-emulator",
        AZURE_POD_IDENTITY_AUTHORITY_HOST: url,
      });
      const [status, json] = await ask(target);
      const now = json.not_before;
      expect([status, json]).toEqual([
        200,
        {
          access_token: expect.any(String),
          client_id: service.entra.clientId,
          expires_in: "3600",
          expires_on: String(Number(now) + 3600),
          ext_expires_in: "3600",
          not_before: expect.stringMatching(/^\d{10}$/),
          resource: "https://communication.azure.com/",
          token_type: "Bearer",
        },
      ]);
      expect(decode(json.access_token).appidacr).toBe("2");
      const authorization = `Bearer ${json.access_token}`;
      const called = await send(url, "POST", "/identities?api-version=2023-10-01", {
        headers: { authorization },
      });
      expect(called.status).toBe(201);
      expect(await ask(target, { ...headers, host: "login.example" })).toMatchObject([403, {}]);
      for (const sent of [{}, wrong]) expect(await ask(target, sent)).toEqual(refused);
      const [clientId, objectId] = [
        "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023",
        "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
      ];
      service.entra.setApplication({ clientId, objectId });
      for (const id of [
        `client_id=${clientId.toUpperCase()}`,
        `object_id=${objectId.toUpperCase()}`,
        `principal_id=${objectId}`,
      ]) {
        expect(await ask(`${target}&${id}`)).toMatchObject([200, { client_id: clientId }]);
      }
      const federated = await ask(target.replace(resource, "api://AzureADTokenExchange"));
      expect(JSON.stringify(federated)).toContain("Federated identities aren't emulated");
      // Clients add slashes to the addresses in their environment.
      for (const path of [`/${target}`, target.replace("?", "/?")]) {
        expect(await ask(path)).toMatchObject([200, { client_id: service.entra.clientId }]);
      }
      for (const id of ["client_id=unknown", "object_id=unknown", "mi_res_id=x", "msi_res_id=x"]) {
        expect(await ask(`${target}&${id}`)).toEqual([400, unknown]);
      }
    },
  );
});
