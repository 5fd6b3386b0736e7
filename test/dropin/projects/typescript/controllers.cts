// Controllers that receive a client, and a test double that is an object literal.
import { CommunicationIdentityClient, type CommunicationUserToken } from "@azure/communication-identity";

interface Result {
  status: number;
  body: string;
}

const createController = (identityClient: CommunicationIdentityClient) => {
  return async (next: (error: unknown) => void): Promise<Result | undefined> => {
    try {
      const tokenResponse: CommunicationUserToken = await identityClient.createUserAndToken(["chat", "voip"]);
      return { status: 200, body: JSON.stringify(tokenResponse) };
    } catch (error) {
      next(error);
      return undefined;
    }
  };
};

const double = {
  createUserAndToken: () => Promise.reject(new Error("from the double")),
} as unknown as CommunicationIdentityClient;
const realClient =
  process.env.NODE_ENV === "test"
    ? ({} as CommunicationIdentityClient)
    : new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING as string);

async function run(): Promise<void> {
  const report = (error: unknown): void => console.log("next:", (error as Error).message);
  console.log(await createController(realClient)(report));
  console.log(await createController(double)(report));
}

void run();
