const { CommunicationIdentityClient } = require("acs-identity");

/** The code under test, which creates its own client. */
exports.issueToken = () => {
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING);
  return client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
};
