/** Microsoft's applications that a tenant needs a service principal of, by what it is needed for. */
export const microsoftApplications = {
  /** For Teams users and for Teams Phone extensibility. */
  teams: { clientId: "1fd5118e-2576-4263-8130-9503064c837a", name: "Azure Communication Services" },
  /** For Entra users. */
  clients: { clientId: "2a04943b-b6a7-4f65-8786-2bb6131b59f6", name: "Azure Communication Services Clients" },
} as const;
