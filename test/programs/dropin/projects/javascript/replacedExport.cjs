// A test that replaces the exported class with its own, as stubbing tools do.
"use strict";
const identity = require("@azure/communication-identity");

class FakeIdentityClient {
  async createUserAndToken() {
    return { token: "fake", expiresOn: new Date(0), user: { communicationUserId: "fake" } };
  }
}

const issueToken = () => new identity.CommunicationIdentityClient("").createUserAndToken(["chat"]);

const original = identity.CommunicationIdentityClient;
identity.CommunicationIdentityClient = FakeIdentityClient;
issueToken()
  .then(console.log)
  .finally(() => {
    identity.CommunicationIdentityClient = original;
  });
