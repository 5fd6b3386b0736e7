// Replies as the identity service sends them.
import { randomUUID } from "node:crypto";
import { tokens } from "../canaries.js";
import type { Reply } from "./faultServer.js";
import { answerJson, type Headers } from "./replies.js";

export const userId = "8:acs:2dee53b4-368b-45b4-ab52-8493fb117652_00000005-14a2-493b-8a72-5a3a0d000081";

export const user: { readonly communicationUserId: string } = { communicationUserId: userId };

export interface WireToken {
  readonly token: string;
  readonly expiresOn: string;
}

export function wireToken(): WireToken {
  return { token: tokens.acs, expiresOn: new Date(Date.now() + 86_400_000).toISOString() };
}

export function tokenBody(): string {
  return JSON.stringify(wireToken());
}

export function okToken(): Reply {
  return (exchange) => answerJson(200, wireToken())(exchange);
}

/** Replies with a new user each time. */
export function okUser(): Reply {
  return (exchange) =>
    answerJson(201, { identity: { id: `${userId.slice(0, -36)}${randomUUID()}` } })(exchange);
}

export function failure(status: number, headers: Headers = {}): Reply {
  return answerJson(status, { error: { code: `Code${status}`, message: `Message ${status}.` } }, headers);
}
