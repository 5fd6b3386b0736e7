import type { Fake } from "../../service/fake.js";
import { wellKnownEntra } from "../../state/entries/principals.js";
import {
  type Complete,
  type Constraints,
  guidInAnyCase,
  minutesWithinAYear,
  resolved,
} from "../../validation/constraints.js";
import { signEntraToken } from "./signEntraToken.js";

/** The contents of a Teams user's Entra token. */
export interface TeamsUserTokenOptions {
  /** The Entra application that requests the exchange, a GUID. */
  readonly clientId: string;
  /** The Teams user, a GUID. */
  readonly userObjectId: string;
  /** From -525600 to 525600, a year. A negative value makes an expired token. @defaultValue 64, as in recorded traffic */
  readonly expiresInMinutes?: number | undefined;
}

export const teamsTokenConstraints: Constraints<Complete<TeamsUserTokenOptions>> = {
  clientId: guidInAnyCase,
  userObjectId: guidInAnyCase,
  expiresInMinutes: minutesWithinAYear,
};

export async function createTeamsUserToken(fake: Fake, options: TeamsUserTokenOptions): Promise<string> {
  const { clientId, userObjectId, expiresInMinutes } = resolved<Complete<TeamsUserTokenOptions>>(
    "A Teams token",
    teamsTokenConstraints,
    options ?? {},
    { expiresInMinutes: 64 },
  );
  const issuedAt = fake.clock.wallSeconds;
  return signEntraToken(fake, {
    audience: "https://auth.msft.communication.azure.com",
    tenantId: wellKnownEntra.tenantId,
    objectId: userObjectId,
    clientId,
    issuedAt,
    expiresAt: issuedAt + expiresInMinutes * 60,
    permissions: ["Teams.ManageCalls", "Teams.ManageChats"],
    proof: "none",
  });
}
