// A program that makes calls at once, keeps their errors, and prints their status codes.
import { AzureKeyCredential, CommunicationIdentityClient, type RestError } from "../../../../src/index.js";

const [endpoint = "", calls] = process.argv.slice(2);
const client = new CommunicationIdentityClient(endpoint, new AzureKeyCredential("c2VjcmV0LXNlY3JldA=="));
const errorOfCall = () => client.createUser().catch((error: RestError) => error);
const errors = await Promise.all(Array.from({ length: Number(calls) }, errorOfCall));
process.stdout.write(JSON.stringify(errors.map((error) => "statusCode" in error && error.statusCode)));
