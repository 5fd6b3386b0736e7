// Options of Azure clients: policies, retries, onResponse, custom headers, an abort signal.
import { CommunicationIdentityClient } from "@azure/communication-identity";

const attempts = [];
const countingPolicy = {
  name: "countingPolicy",
  sendRequest(request, next) {
    attempts.push(request.method);
    return next(request);
  },
};

const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING, {
  retryOptions: { maxRetries: 2, retryDelayInMs: 10 },
  userAgentOptions: { userAgentPrefix: "my-app/1.0" },
  additionalPolicies: [{ policy: countingPolicy, position: "perCall" }],
});

const responses = [];
await client.createUser({
  requestOptions: { customHeaders: { "x-my-header": "1" } },
  onResponse: (response, body) => {
    responses.push([response.status, response.request.headers.get("x-my-header"), Object.keys(body)]);
    console.log(response.request.headers.get("user-agent")?.startsWith("my-app/1.0 "));
  },
});
console.log(attempts, JSON.stringify(responses));

const controller = new AbortController();
controller.abort();
await client.createUser({ abortSignal: controller.signal }).catch((error) => console.log(error.name));
