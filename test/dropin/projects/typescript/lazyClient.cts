// One client, created at first use. Scopes come from a query string and may be unknown.
import { CommunicationIdentityClient, type TokenScope } from "@azure/communication-identity";

let identityClient: CommunicationIdentityClient | undefined;

const getIdentityClient = (): CommunicationIdentityClient =>
  (identityClient ??= new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? ""));

async function issueToken(query: string): Promise<string> {
  const scopes = (new URLSearchParams(query).get("scope") ?? "").split(",") as TokenScope[];
  const { user, token, expiresOn } = await getIdentityClient().createUserAndToken(scopes);
  return JSON.stringify({ user, token, expiresOn });
}

async function run(): Promise<void> {
  console.log(await issueToken("scope=chat,voip"));
  console.log(await issueToken("scope=pstn").catch(({ name, statusCode }) => `${name} ${statusCode}`));
  const first = getIdentityClient();
  console.log(first === getIdentityClient());
}

void run();
