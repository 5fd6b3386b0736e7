// A program that makes one call with its own time limit and then has nothing left to do.
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../../src/index.js";
import { createUndiciHttpClient } from "../../../../src/undici/index.js";

const { endpoint, overUndici, options } = JSON.parse(process.argv[2] ?? "");
const client = new CommunicationIdentityClient(endpoint, new AzureKeyCredential("c2VjcmV0LXNlY3JldA=="), {
  ...options,
  ...(overUndici && { httpClient: createUndiciHttpClient() }),
});
const outcome = await client.createUser({ abortSignal: AbortSignal.timeout(200) }).then(
  () => "resolved",
  (error: Error) => error.name,
);
process.stdout.write(`${outcome}\n`);
