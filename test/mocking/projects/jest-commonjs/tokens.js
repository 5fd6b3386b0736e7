const { CommunicationIdentityClient } = require("acs-identity");

/** The code under test, which creates its own client. */
exports.issueToken = (options = {}) => {
  const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING, options);
  return client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
};
