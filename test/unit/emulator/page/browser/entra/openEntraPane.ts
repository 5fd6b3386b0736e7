import { screen } from "@testing-library/preact";
import type { EntraDirectory } from "../../../../../../src/emulator/admin/models.js";
import { directoryOf, openPage, type StubbedApi } from "../openPage.js";

const carol = {
  objectId: "carol-id",
  username: "carol@contoso.com",
  name: "Carol",
  email: "c@contoso.com",
  hasRole: true,
  hasTeamsLicense: false,
};
const dave = {
  ...carol,
  objectId: "dave-id",
  username: "dave@contoso.com",
  name: "dave@contoso.com",
  email: undefined,
  hasTeamsLicense: true,
};
const redirectUris: readonly string[] = ["https://one.example/", "https://two.example/"];
export const app: { readonly [member: string]: unknown; readonly redirectUris: readonly string[] } = {
  objectId: "app-object",
  clientId: "app-client",
  name: "console",
  hasRole: false,
  permissions: ["calls"],
  enableIdTokenIssuance: false,
  redirectUris,
};
export const entraAssignment: EntraDirectory["entraAssignments"][number] = {
  tenantId: "tenant",
  objectId: "carol-id",
  principalType: "user",
  clientIds: ["a", "b"],
};
const teamsAssignment: object = {
  tenantId: "tenant",
  objectId: "dave-id",
  principalType: "teamsResourceAccount",
};

const group: EntraDirectory["groups"][number] = {
  objectId: "group-id",
  tenantId: "tenant",
  name: "Staff",
  members: ["carol-id", "dave-id"],
  isAssignedToClients: true,
};

const directory: EntraDirectory = directoryOf({
  users: [carol, dave],
  applications: [app],
  groups: [group],
  entraAssignments: [entraAssignment],
  teamsAssignments: [teamsAssignment],
} as unknown as Partial<EntraDirectory>);

/** Opens the pane of a directory with two users, an application, a group, and an assignment of each kind. */
export function openEntraPane(changes: Partial<StubbedApi> = {}): Promise<StubbedApi> {
  return openPage("entra", { directory, ...changes });
}

export const form = (name: string): HTMLElement => screen.getByRole("form", { name });
