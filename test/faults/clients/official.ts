export { CommunicationIdentityClient } from "@azure/communication-identity";
