/** Microsoft's applications that a tenant needs a service principal of, by what it is needed for. */
export const microsoftApplications = {
  /** For Teams users and for Teams Phone extensibility. */
  teams: { clientId: "1fd5118e-2576-4263-8130-9503064c837a", name: "Azure Communication Services" },
  /** For Entra users. */
  clients: { clientId: "2a04943b-b6a7-4f65-8786-2bb6131b59f6", name: "Azure Communication Services Clients" },
} as const;

export const acs = "https://communication.azure.com";
const acsClients = `${acs}/clients`;
export const teams = "https://auth.msft.communication.azure.com";
export const graph = "https://graph.microsoft.com";
/** Microsoft Graph is where Entra ID looks for a permission without a resource. */
export const graphClientId = "00000003-0000-0000-c000-000000000000";

/** The delegated permissions that exist, by resource. */
export const permissionsByResource: Readonly<Record<string, readonly string[]>> = {
  [acs]: ["user_impersonation"],
  [acsClients]: ["Chat", "Chat.Join", "Chat.Join.Limited", "VoIP", "VoIP.Join"],
  [teams]: ["Teams.ManageCalls", "Teams.ManageChats", "TeamsExtension.ManageCalls"],
  // Not an ACS resource, but nearly every sign-in also requests it.
  [graph]: ["User.Read"],
};

/** Microsoft's applications that resources belong to. A tenant must have a service principal of the application. */
export const applicationsByResource: Readonly<
  Record<string, { readonly clientId: string; readonly name: string }>
> = {
  [acsClients]: microsoftApplications.clients,
  [teams]: microsoftApplications.teams,
};

/** The permissions that a new application has consent for. */
export const knownPermissions: readonly string[] = Object.entries(permissionsByResource).flatMap(
  ([resource, permissions]) => permissions.map((permission) => `${resource}/${permission}`),
);
