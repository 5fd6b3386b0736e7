// Users who are invited to a room.
import { CommunicationIdentityClient, type CommunicationUserToken } from "@azure/communication-identity";
import type { CreateRoomOptions, RoomParticipantPatch } from "@azure/communication-rooms";

const identityClient = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");

const presenter: CommunicationUserToken = await identityClient.createUserAndToken(["voip"]);
const attendee: CommunicationUserToken = await identityClient.createUserAndToken(["voip"]);

const participants: RoomParticipantPatch[] = [
  { id: presenter.user, role: "Presenter" },
  { id: attendee.user, role: "Attendee" },
];
const options: CreateRoomOptions = { validFrom: new Date(0), participants };
console.log(JSON.stringify(options));
