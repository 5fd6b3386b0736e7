import { createServer } from "node:http";
import { expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { serve } from "../../helpers/server.js";
import { testKey, user } from "../../helpers/values.js";

it("a client for each call uses the connections of those before it", async () => {
  const sockets = new Set<unknown>();
  const server = createServer(({ socket }, response) => {
    sockets.add(socket);
    response.writeHead(204).end();
  });
  const endpoint = `http://127.0.0.1:${await serve(server)}`;
  const key = new AzureKeyCredential(testKey);
  for (let count = 0; count < 5; count++)
    await new CommunicationIdentityClient(endpoint, key).deleteUser(user);
  expect(sockets.size).toBeLessThan(5);
});
