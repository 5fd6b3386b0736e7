// A clinic's server, which stores the ACS user's id with the patient and creates a client for each call.
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const patients = new Map([["ann", {}]]);

async function getAcsToken(name) {
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
  const patient = patients.get(name);
  if (patient.acsId) {
    const tokenResponse = await client.getToken({ communicationUserId: patient.acsId }, ["voip", "chat"]);
    return { communicationUserId: patient.acsId, ...tokenResponse };
  }
  const { communicationUserId } = await client.createUser();
  const tokenResponse = await client.getToken({ communicationUserId }, ["voip", "chat"]);
  patients.set(name, { acsId: communicationUserId });
  return { communicationUserId, ...tokenResponse };
}

async function run() {
  const first = await getAcsToken("ann");
  const second = await getAcsToken("ann");
  console.log(first.communicationUserId === second.communicationUserId);
  console.log(JSON.stringify(second));
}

run();
