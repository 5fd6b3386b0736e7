// Generated from spec by npm run generate. Do not edit.

import { type ServiceVersion, serviceVersions } from "./apiVersions.js";

const since20231001: readonly ServiceVersion[] = [
  "2023-10-01",
  "2025-03-02-preview",
  "2025-06-30",
  "2026-09-23",
];

const since20250302Preview: readonly ServiceVersion[] = ["2025-03-02-preview", "2025-06-30", "2026-09-23"];

const only20250302Preview: readonly ServiceVersion[] = ["2025-03-02-preview"];

/** The values of `CommunicationIdentityTokenScope`, each with the versions that have it. */
export const communicationIdentityTokenScopeVersions: Readonly<
  Record<"chat" | "voip" | "chat.join" | "chat.join.limited" | "voip.join", readonly ServiceVersion[]>
> = {
  chat: serviceVersions,
  voip: serviceVersions,
  "chat.join": since20231001,
  "chat.join.limited": since20231001,
  "voip.join": since20231001,
};

/** The values of `TeamsExtensionPrincipalType`, each with the versions that have it. */
export const teamsExtensionPrincipalTypeVersions: Readonly<
  Record<"resourceAccount" | "user", readonly ServiceVersion[]>
> = {
  resourceAccount: since20250302Preview,
  user: since20250302Preview,
};

/** The values of `EntraPrincipalType`, each with the versions that have it. */
export const entraPrincipalTypeVersions: Readonly<
  Record<"user" | "group" | "tenant", readonly ServiceVersion[]>
> = {
  user: only20250302Preview,
  group: only20250302Preview,
  tenant: only20250302Preview,
};
