/**
 * Every set-up of an Entra user's exchange, as data: who has the assignment, which application signs in, with which
 * permission, in which tenant, and whether that tenant has a service principal of Microsoft's application.
 */
import type { FakeIdentityService } from "../../../../src/testing/index.js";

export interface SetUp {
  readonly principal: "user" | "group" | "groupNotAssigned" | "tenant";
  readonly application: "named" | "other";
  readonly permission: "VoIP" | "VoIP.Join" | "Chat" | ".default";
  readonly tenant: "same" | "other";
  readonly servicePrincipal: boolean;
}

/** What a set-up leads to: an error of Entra, a refusal of the service, or the scopes of the token. */
export interface Outcome {
  readonly entraError?: RegExp;
  readonly diagnosis?: RegExp;
  readonly scopes?: readonly string[];
}

export const setUps: readonly SetUp[] = combine({
  principal: ["user", "group", "groupNotAssigned", "tenant"],
  application: ["named", "other"],
  permission: ["VoIP", "VoIP.Join", "Chat", ".default"],
  tenant: ["same", "other"],
  servicePrincipal: [true, false],
});

function combine(values: { readonly [Name in keyof SetUp]: readonly SetUp[Name][] }): SetUp[] {
  let all: Partial<SetUp>[] = [{}];
  for (const [name, options] of Object.entries(values)) {
    all = all.flatMap((setUp) => options.map((option) => ({ ...setUp, [name]: option })));
  }
  return all as SetUp[];
}

/** Written from Microsoft's documentation, without a look at the code. */
export function expectedOf({ principal, application, permission, tenant, servicePrincipal }: SetUp): Outcome {
  if (!servicePrincipal) {
    return {
      entraError:
        /AADSTS650052: The app is trying to access a service '2a04943b-b6a7-4f65-8786-2bb6131b59f6'\(Azure Communication Services Clients\) that your organization '[\da-f-]{36}' lacks a service principal for\./,
    };
  }
  if (permission === "Chat")
    return { diagnosis: /has the permission Chat, which the preview gives no scope for/ };
  if (tenant === "other") {
    return {
      diagnosis:
        principal === "tenant"
          ? /^No Entra assignment is for the user \S+ a group of this user in the directory, or the tenant/
          : /^The Entra assignment of the (user|group) \S+ is for the tenant \S+ but the token is of the tenant/,
    };
  }
  if (principal === "groupNotAssigned") {
    return { diagnosis: /doesn't count, because the directory hasn't assigned the group to the application/ };
  }
  if (application === "other")
    return { diagnosis: /^The clientIds of the Entra assignment of the \S+ \S+ don't contain/ };
  return {
    scopes: { VoIP: ["voip"], "VoIP.Join": ["voip.join"], ".default": ["voip", "voip.join"] }[permission],
  };
}

/** Who signs in, and how. */
export interface SignIn {
  readonly tenantId: string;
  readonly clientId: string;
  readonly username: string;
  readonly scope: string;
}

/** Prepares a set-up with a tenant, user, group and application of its own, so that a service can hold all of them. */
export function prepare({ entra }: FakeIdentityService, setUp: SetUp, index: number): SignIn {
  const guid = (kind: number) => `00ac5000-00${kind}0-4717-8000-${String(index).padStart(12, "0")}`;
  const [tenantId = "", otherTenant = "", objectId = "", group = "", named = "", other = ""] = [
    1, 2, 3, 4, 5, 6,
  ].map(guid);
  const { principal, application, permission, tenant, servicePrincipal } = setUp;
  const username = `user${index}@contoso.com`;
  entra.setUser({ objectId, tenantId, username });
  // Of another tenant than the user: what this one has decides.
  for (const clientId of [named, other]) entra.setApplication({ clientId });
  if (!servicePrincipal) {
    entra.setTenant({ tenantId, servicePrincipals: ["1fd5118e-2576-4263-8130-9503064c837a"] });
  }
  const assignedTo = tenant === "same" ? tenantId : otherTenant;
  if (principal.startsWith("group")) {
    const isAssignedToClients = principal === "group";
    entra.setGroup({ objectId: group, tenantId, members: [named, objectId, other], isAssignedToClients });
  }
  const principalType = principal === "groupNotAssigned" ? "group" : principal;
  entra.setAssignment({
    objectId: { user: objectId, group, tenant: assignedTo }[principalType],
    tenantId: assignedTo,
    principalType,
    clientIds: [named],
  });
  // Neither counts: the user isn't in the one, and the other is another tenant's.
  entra.setGroup({ objectId: guid(7), tenantId, isAssignedToClients: true });
  entra.setGroup({
    objectId: guid(8),
    tenantId: otherTenant,
    members: [objectId],
    isAssignedToClients: true,
  });
  for (const kind of [7, 8]) {
    entra.setAssignment({
      objectId: guid(kind),
      tenantId,
      principalType: "group",
      clientIds: [named, other],
    });
  }
  return {
    tenantId,
    clientId: application === "named" ? named : other,
    username,
    scope: `https://communication.azure.com/clients/${permission}`,
  };
}
