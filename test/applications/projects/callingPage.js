import { CallClient } from "@azure/communication-calling";
import { ChatClient } from "@azure/communication-chat";
import { CommunicationIdentityClient } from "@azure/communication-identity";

globalThis.Client = CommunicationIdentityClient;
globalThis.Others = [CallClient, ChatClient];
