import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";

globalThis.Client = CommunicationIdentityClient;
globalThis.Rooms = RoomsClient;
