import type { ServiceCore } from "../serviceCore.js";
import { EntraError, invalidGrant } from "./entraError.js";

/** Returns the user and scopes of a device code, once. @throws EntraError until a user has signed in. */
export function redeemDeviceCode(
  { entra: { deviceSignIns } }: ServiceCore,
  deviceCode: string,
  clientId: string,
): { readonly objectId: string; readonly scope: string } {
  const signIn = deviceSignIns.get(deviceCode);
  if (!signIn || signIn.clientId !== clientId) {
    throw invalidGrant(70000, "The provided value for the input parameter 'device_code' is not valid.");
  }
  const { objectId, scope, expiresAt } = signIn;
  if (expiresAt < Date.now()) {
    throw new EntraError(
      400,
      "expired_token",
      70020,
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    );
  }
  if (objectId === undefined) {
    throw new EntraError(
      400,
      "authorization_pending",
      70016,
      "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    );
  }
  deviceSignIns.delete(deviceCode);
  return { objectId, scope };
}
