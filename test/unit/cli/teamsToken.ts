export const tenantId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
export const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
export const clientId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";
const now = Math.floor(Date.now() / 1000);

/** The claims of a Teams user's token as Entra ID issues it. */
export const teamsUser: Readonly<Record<"iat" | "exp", number> & Record<string, string | number>> = {
  aud: "https://auth.msft.communication.azure.com",
  iss: `https://sts.windows.net/${tenantId}/`,
  iat: now,
  exp: now + 4000,
  acr: "1",
  appid: clientId,
  idp: `https://sts.windows.net/${tenantId}/`,
  oid: objectId,
  scp: "Teams.ManageCalls Teams.ManageChats",
  tid: tenantId,
  upn: "alice@contoso.com",
  ver: "1.0",
};

/** Makes a token that nobody signed, because the command verifies no signature. */
export function tokenOf(claims: object): string {
  return [{ alg: "none" }, claims, {}]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
