// The newest msw that Jest can require before Node 24.9: later versions depend on packages that are ES modules only.
const { http } = require("msw-2.10");
const { setupServer } = require("msw-2.10/node");
const { CommunicationIdentityClient } = require("acs-identity");
const testing = require("acs-identity/testing");
const cases = require("./cases.cjs");

const tests = cases({ CommunicationIdentityClient, testing, http, setupServer });
for (const [name, run] of Object.entries(tests)) it(name, run);
