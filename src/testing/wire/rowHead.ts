import type { Route } from "../../generated/routes.js";

/**
 * Who may make a call: whom the service admits, whoever addresses the emulator by a name of its own, or also by an allowed
 * one, only the emulator's own page and programs, or everybody.
 */
export type Guard = "service" | "own host" | "allowed host" | "admin" | "none";

/** What a row is for and what may reach it, without its handler. */
export interface RowHead {
  /** A row for GET also answers HEAD, unless it has a `route`. */
  readonly method: string;
  /** The path after the table's base, with placeholders: `/identities/{id}`. */
  readonly path: string;
  readonly guard: Guard;
  /** The limit of the body. @defaultValue `bodyLimitInBytes` */
  readonly limitInBytes?: number;
  /** The service's route, if the service has this one. */
  readonly route?: Route;
}

/** Larger than any valid request of the service, including one that carries a Teams token. */
export const bodyLimitInBytes: number = 256 * 1024;
