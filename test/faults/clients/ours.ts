export { CommunicationIdentityClient } from "../../../src/index.js";
