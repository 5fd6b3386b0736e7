import type { ServiceVersion } from "../../generated/apiVersions.js";
import type { OperationName, Route } from "../../generated/routes.js";
import type { JsonObject } from "./requestBody.js";
import type { Header, WireResponse } from "./wire.js";

/** A resource has two access keys, so that programs can move to one before the other is replaced. */
export type AccessKeyType = "primary" | "secondary";

/** Who made a call, as the service has verified it. */
export type Caller =
  | {
      readonly kind: "accessKey";
      readonly keyType: AccessKeyType;
      /** The key that the signature was verified with, in base64. */
      readonly key: string;
    }
  | {
      readonly kind: "entra";
      readonly claims: JsonObject;
      /** When the bearer token expires by the service's clock, in milliseconds since 1970. */
      readonly expiresAt: number;
    };

/** What the guard `service` found out. */
export interface Admission {
  readonly operation: OperationName;
  readonly caller: Caller;
  readonly version: ServiceVersion;
  /** Creates the operation's response, and loses or cuts it if a fault asks for that. */
  readonly respond: <Response extends WireResponse>(create: () => Response) => Response;
}

/** What an operation gets of a call that was admitted. */
export interface OperationInput {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly version: ServiceVersion;
  readonly body: JsonObject | undefined;
  readonly caller: Caller;
}

/** What an operation responds with if it succeeds. */
export interface OperationResult {
  readonly status: number;
  readonly body?: object;
  readonly headers?: readonly Header[];
  /** The raw id of the user that the response names. */
  readonly userId?: string;
}
