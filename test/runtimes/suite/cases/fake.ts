import { assert } from "chai";
import { failureOf, type SuiteCase } from "../subject.js";

/** The fake service, which runs wherever the client does. */
export const fakeCases: readonly SuiteCase[] = [
  {
    name: "calls the fake without a network",
    async run({ library, testing, control }) {
      const service = testing.createFakeIdentityService();
      const { connectionString, httpClient } = service;
      const client = new library.CommunicationIdentityClient(connectionString, { httpClient });
      const { user, token } = await client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
      const inspection = await service.inspectToken(token);
      assert.deepEqual([inspection.valid, inspection.userId], [true, user.communicationUserId], "inspection");
      service.clock.advance({ minutes: 61 });
      assert.deepEqual((await service.inspectToken(token)).problem, "expired", "problem after an hour");
      assert.deepEqual(await control.requests(), [], "requests");
    },
  },
  {
    name: "is rejected by the fake for a wrong key, as by the service",
    async run({ library, testing }) {
      const { endpoint, httpClient } = testing.createFakeIdentityService();
      const credential = new library.AzureKeyCredential("AAAA");
      const client = new library.CommunicationIdentityClient(endpoint, credential, { httpClient });
      const { code, statusCode } = await failureOf(() => client.createUser());
      assert.deepEqual([code, statusCode], ["Denied", 401], "code and status");
    },
  },
  {
    name: "gets a response from the fake for the runtime's own Request",
    async run({ testing }) {
      const service = testing.createFakeIdentityService();
      const response = await service.fetch(new Request(`${service.endpoint}identities`, { method: "POST" }));
      assert.deepEqual(response.status, 401, "status of an unsigned request");
      assert(response.headers.get("content-type")?.startsWith("application/json"), "content type");
    },
  },
];
