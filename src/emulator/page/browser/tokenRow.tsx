import type { JSX } from "preact";
import type { ListedToken } from "../../admin/models.js";
import { Button, CopyButton } from "./controls.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatCountdown, formatDayAndTime, formatTime, shorten } from "./format.js";
import { InspectDialog } from "./inspectDialog.js";
import { fetchToken, knownToken } from "./knownTokens.js";
import { usePage } from "./pageContext.js";

/** The countdown becomes a warning if less time than this remains. */
const soonInMs = 10 * 60_000;

export function isActive({ revokedAt, expiresOn }: ListedToken, now: number): boolean {
  return revokedAt === undefined && Date.parse(expiresOn) > now;
}

interface TokenRowProps {
  readonly token: ListedToken;
  /** Whether its user was deleted. */
  readonly isVoid: boolean;
  readonly onError: (error: unknown) => void;
}

/** A token, its scopes and its remaining lifetime. */
export function TokenRow({ token, isVoid, onError }: TokenRowProps): JSX.Element {
  const { open } = usePage();
  const { number, scopes, issuedAt, expiresOn } = token;
  const [issued, expires] = [Date.parse(issuedAt), Date.parse(expiresOn)];
  const now = emulatorClock.now();
  const share = Math.min(1, Math.max(0, (expires - now) / (expires - issued)));
  const { state, text } = isVoid ? { state: "void", text: "void" } : stateOf(token, now);
  const known = knownToken(token);
  const times = `issued ${formatDayAndTime(issued)}\nexpires ${formatDayAndTime(expires)}`;
  return (
    <li class="token" data-state={state} title={`Token ${number}\n${times}`}>
      <span class="token-life">
        <span class="token-state number">{text}</span>
        <span class="life" aria-hidden="true">
          <i style={{ width: `${(share * 100).toFixed(1)}%` }} />
        </span>
      </span>
      <span class="scopes flow">
        {scopes.map((scope) => (
          <span key={scope}>{scope}</span>
        ))}
      </span>
      <code class="token-text">{known ? shorten(known) : `token ${number}`}</code>
      {!isVoid && (
        <span class="buttons">
          <CopyButton what={`token ${number}`} text={() => known ?? fetchToken(token)} onError={onError} />
          <Button
            aria-label={`Inspect token ${number}`}
            onClick={() => open(<InspectDialog token={() => fetchToken(token)} />)}
          >
            Inspect
          </Button>
        </span>
      )}
    </li>
  );
}

function stateOf(token: ListedToken, now: number): { state: string; text: string } {
  const expires = Date.parse(token.expiresOn);
  if (token.revokedAt) {
    return { state: "revoked", text: `revoked ${formatTime(Date.parse(token.revokedAt), now)}` };
  }
  const left = expires - now;
  if (left <= 0) return { state: "expired", text: `expired ${formatTime(expires, now)}` };
  return { state: left < soonInMs ? "soon" : "active", text: formatCountdown(left) };
}
