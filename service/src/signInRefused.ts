import type { RefusalReason } from "./metrics.js";
import { Problem } from "./problem.js";

/**
 * What to check if tokens that the issuer did sign are refused. Nobody can make one without signing in, so these are
 * probably faults of the settings or of the clock, unlike the other reasons, for which any text will do.
 */
const suspicions: Readonly<Partial<Record<RefusalReason, string>>> = {
  audience: "Sign-ins are refused: is TOKEN_AUDIENCE the audience of your API's tokens?",
  issuer: "Sign-ins are refused: do TOKEN_ISSUER and TOKEN_TENANTS permit their issuer?",
  clock: "Sign-ins are refused: the clocks of this machine and of the issuer differ",
  subject: "Sign-ins are refused: do they have the claim of TOKEN_SUBJECT_CLAIM?",
};

/** The caller's token is refused. */
export class SignInRefused extends Problem {
  readonly reason: RefusalReason;
  /** What the operators should check, if it is probably their fault. */
  readonly suspicion: string | undefined;

  /**
   * @param text - The reason, for the caller.
   * @param cause - What the log says besides, such as the audience of the token.
   */
  constructor(reason: RefusalReason, text: string, cause?: string) {
    super("sign-in-refused", `The token of the sign-in is refused: ${text}.`, { cause });
    this.reason = reason;
    this.suspicion = suspicions[reason];
  }
}
