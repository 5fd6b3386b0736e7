export {
  AzureKeyCredential,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy as createSigningPolicy,
} from "../../../src/index.js";
