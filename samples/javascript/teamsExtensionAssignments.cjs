// Generated from samples/teamsExtensionAssignments.ts by npm run samples: edit that file, or a copy of this one.
/**
 * Lets Teams users and resource accounts use the ACS resource (Teams Phone extensibility): creates, reads, replaces and
 * deletes an assignment.
 *
 * Uses the resource in COMMUNICATION_CONNECTION_STRING if that is set, with the principal in TENANT_ID and OBJECT_ID;
 * otherwise the local emulator.
 */
const { CommunicationIdentityClient, isRestError } = require("acs-identity");
const { startEmulator } = require("acs-identity/emulator");

async function main() {
  const emulator = await startEmulator();
  const client = new CommunicationIdentityClient(
    process.env.COMMUNICATION_CONNECTION_STRING || emulator.connectionString,
  );
  const tenantId = process.env.TENANT_ID || "7b5f3a4e-0000-4000-8000-000000000001";
  const objectId = process.env.OBJECT_ID || "7b5f3a4e-0000-4000-8000-000000000002";
  const application = "7b5f3a4e-0000-4000-8000-000000000003";

  print(
    "Created",
    await client.upsertTeamsExtensionAssignment(tenantId, objectId, { principalType: "user" }),
  );

  const replacement = { principalType: "user", clientIds: [application] };
  print("Replaced", await client.upsertTeamsExtensionAssignment(tenantId, objectId, replacement));
  print("Read", await client.getTeamsExtensionAssignment(tenantId, objectId));

  await client.deleteTeamsExtensionAssignment(tenantId, objectId);
  console.log("Deleted");
  try {
    await client.getTeamsExtensionAssignment(tenantId, objectId);
  } catch (error) {
    if (!isRestError(error)) throw error;
    console.log(`It no longer exists: ${error.statusCode} ${error.code}`);
  }
  await emulator.close();

  function print(what, { principalType, clientIds = [] }) {
    const applications = clientIds.length > 0 ? clientIds.join(", ") : "every application";
    console.log(`${what}: a ${principalType} may use ${applications}`);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
