// Generated from spec by npm run generate. Do not edit.

import { readArray, readDate, readObject, readString } from "../operation/wireReaders.js";

/** What a token allows. */
export type CommunicationIdentityTokenScope =
  | "chat"
  | "voip"
  | "chat.join"
  | "chat.join.limited"
  | "voip.join"
  | (string & {});

/** The kind of principal that a Teams extension assignment is for. */
export type TeamsExtensionPrincipalType = "resourceAccount" | "user" | (string & {});

/** Whom an Entra assignment is for. */
export type EntraPrincipalType = "user" | "group" | "tenant" | (string & {});

export interface CommunicationIdentityCreateRequest {
  /** Scopes of a token to create together with the identity. */
  createTokenWithScopes?: CommunicationIdentityTokenScope[];
  /** Validity of that token. */
  expiresInMinutes?: number;
  /** The same name gives the same identity again. At most 256 characters. */
  customId?: string;
}

export interface CommunicationIdentityAccessTokenResult {
  identity: CommunicationIdentity;
  /** Absent when no token was asked for. */
  accessToken?: CommunicationIdentityAccessToken;
}

export function deserializeCommunicationIdentityAccessTokenResult(
  value: unknown,
  name = "body",
): CommunicationIdentityAccessTokenResult {
  const source = readObject(value, name);
  const result: CommunicationIdentityAccessTokenResult = {
    identity: deserializeCommunicationIdentity(source.identity, `${name}.identity`),
  };
  if (source.accessToken != null) {
    result.accessToken = deserializeCommunicationIdentityAccessToken(
      source.accessToken,
      `${name}.accessToken`,
    );
  }
  return result;
}

export interface CommunicationIdentity {
  /** The name that the resource's owner gave to the identity. */
  customId?: string;
  /** When a token was last issued. Absent before the first one. */
  lastTokenIssuedAt?: Date;
  /** The service's id, for example 8:acs:<resource>_<user>. */
  id: string;
}

export function deserializeCommunicationIdentity(value: unknown, name = "body"): CommunicationIdentity {
  const source = readObject(value, name);
  return {
    id: readString(source.id, `${name}.id`),
  };
}

export interface CommunicationIdentityAccessToken {
  token: string;
  expiresOn: Date;
}

export function deserializeCommunicationIdentityAccessToken(
  value: unknown,
  name = "body",
): CommunicationIdentityAccessToken {
  const source = readObject(value, name);
  return {
    token: readString(source.token, `${name}.token`),
    expiresOn: readDate(source.expiresOn, `${name}.expiresOn`),
  };
}

/** Any response that isn't a success. */
export interface CommunicationErrorResponse {
  error: CommunicationError;
}

export interface CommunicationError {
  /** Short name of the error, for programs. */
  code: string;
  /** Text for people. */
  message: string;
  /** Which part of the request is at fault. */
  target?: string;
  /** Further errors that led to this one. */
  details?: CommunicationError[];
  /** The cause. */
  innerError?: CommunicationError;
}

export interface CommunicationIdentityAccessTokenRequest {
  scopes: CommunicationIdentityTokenScope[];
  /** Validity of the token. */
  expiresInMinutes?: number;
}

export interface TeamsUserExchangeTokenRequest {
  /** Entra ID access token of the Teams user. */
  token: string;
  /** Entra ID application, compared with the token's `appid`. */
  appId: string;
  /** Entra ID object of the user, compared with the token's `oid`. */
  userId: string;
}

export interface TeamsExtensionAssignmentResponse {
  objectId: string;
  tenantId: string;
  principalType: TeamsExtensionPrincipalType;
  clientIds?: string[];
}

export function deserializeTeamsExtensionAssignmentResponse(
  value: unknown,
  name = "body",
): TeamsExtensionAssignmentResponse {
  const source = readObject(value, name);
  const result: TeamsExtensionAssignmentResponse = {
    objectId: readString(source.objectId, `${name}.objectId`),
    tenantId: readString(source.tenantId, `${name}.tenantId`),
    principalType: readString(source.principalType, `${name}.principalType`),
  };
  if (source.clientIds != null) {
    result.clientIds = readArray(source.clientIds, `${name}.clientIds`, readString);
  }
  return result;
}

export interface TeamsExtensionAssignmentCreateOrUpdateRequest {
  principalType: TeamsExtensionPrincipalType;
  /** Applications that the principal may use. */
  clientIds?: string[];
}

export interface EntraAssignmentList {
  value: EntraAssignment[];
  /** Address of the next page, if there is one. */
  nextLink?: string;
}

/** Lets a principal exchange Entra ID tokens for tokens of the resource. */
export interface EntraAssignment {
  /** Entra ID object of the user or group, or the tenant. */
  objectId: string;
  /** Entra ID tenant of the principal. */
  tenantId: string;
  /** What the object id names. */
  principalType: EntraPrincipalType;
  /** Applications that the principal may use. */
  clientIds: string[];
}

export interface EntraAssignmentRequest {
  /** Entra ID tenant of the principal. */
  tenantId: string;
  /** What the object id names. */
  principalType: EntraPrincipalType;
  /** Applications that the principal may use. */
  clientIds: string[];
}
