import type { JSX } from "preact";
import type { ListedToken } from "../../../admin/models.js";
import type { Change } from "../controls/changes.js";
import { Button, CopyButton } from "../controls/controls.js";
import { adminApi } from "../emulator/adminApi.js";
import { useNow } from "../emulator/useNow.js";
import { formatDayAndTime, formatDuration, formatTime } from "../format.js";
import { InspectDialog } from "../inspect/inspectDialog.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";
import { nextState, nextText, stateOf } from "./tokenState.js";

interface TokenRowProps {
  readonly token: ListedToken;
  /** Whether its user was deleted. */
  readonly isVoid: boolean;
  readonly change: Change;
}

/** A token: how long it lasts, its scopes, and when it was issued. */
export function TokenRow({ token, isVoid, change }: TokenRowProps): JSX.Element {
  const { emulator, open } = usePage();
  const { number, scopes, issuedAt, expiresOn } = token;
  const [issued, expires] = [Date.parse(issuedAt), Date.parse(expiresOn)];
  const { revocationDelayInMs = 0 } = useSignal(emulator.info) ?? {};
  const now = useNow((time) => nextState(token, time, revocationDelayInMs));
  const state = isVoid ? "void" : stateOf(token, now, revocationDelayInMs).state;
  const issuedText = `issued ${formatTime(issued, now)}`;
  // Tokens that were issued in the same second have the same name but for the number.
  const name = `token ${scopes.join(" ")} ${issuedText}, number ${number}`;
  const expire = () =>
    change(
      () => adminApi.moveClock({ set: expires + 1000 }),
      ({ time }) =>
        `The time is ${formatDayAndTime(Date.parse(time))} for everybody, past the token's expiry`,
    );
  return (
    <li class="token" data-state={state} title={`Token ${number}\nexpires ${formatDayAndTime(expires)}`}>
      {isVoid ? (
        <span class="token-state">void</span>
      ) : (
        <TokenLife token={token} delayInMs={revocationDelayInMs} />
      )}
      <span class="scopes flow">
        {scopes.map((scope) => (
          <span key={scope}>{scope}</span>
        ))}
        <small class="muted number">
          {issuedText} for {formatDuration(expires - issued)}
        </small>
      </span>
      {!isVoid && (
        <span class="buttons">
          <CopyButton what={name} text={() => adminApi.token(number)}>
            Copy token
          </CopyButton>
          <Button
            class="quiet"
            aria-label={`Inspect ${name}`}
            onClick={() => open(<InspectDialog token={() => adminApi.token(number)} />)}
          >
            Inspect
          </Button>
          {(state === "active" || state === "soon") && (
            <Button
              class="quiet"
              aria-label={`Expire by moving time: ${name}`}
              title="Moves the emulator's time past the expiry of this token, for everybody. What expires until then expires, too. Back to now, under Simulate, undoes it."
              onClick={expire}
            >
              Expire by moving time
            </Button>
          )}
        </span>
      )}
    </li>
  );
}

/** Only this is rendered again while time goes by. */
function TokenLife({ token, delayInMs }: { token: ListedToken; delayInMs: number }): JSX.Element {
  const now = useNow((time) => nextText(token, time, delayInMs));
  const [issued, expires] = [Date.parse(token.issuedAt), Date.parse(token.expiresOn)];
  const share = Math.min(1, Math.max(0, (expires - now) / (expires - issued)));
  return (
    <span class="token-life">
      <span class="token-state number">{stateOf(token, now, delayInMs).text}</span>
      <span class="life" aria-hidden="true">
        <i style={{ width: `${(share * 100).toFixed(1)}%` }} />
      </span>
    </span>
  );
}
