export { createCommunicationAuthPolicy as createSigningPolicy } from "@azure/communication-common";
export { CommunicationIdentityClient } from "@azure/communication-identity";
export { AzureKeyCredential } from "@azure/core-auth";
