// Prints the version of Azure Core that it runs on.
const { CommunicationIdentityClient } = require("@azure/communication-identity");
const { createFakeIdentityService } = require("@azure/communication-identity/testing");

const { connectionString, httpClient } = createFakeIdentityService();
const client = new CommunicationIdentityClient(connectionString, { httpClient });
const onResponse = ({ request }) => console.log(request.headers.get("User-Agent"));
client.createUser({ onResponse });
