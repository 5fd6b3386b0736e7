import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ListedToken, ListedUser } from "../../../admin/models.js";
import { useChanges } from "../controls/changes.js";
import { Button, CopyButton, Whole } from "../controls/controls.js";
import { useRead } from "../controls/useRead.js";
import { adminApi, tokensPerUser } from "../emulator/adminApi.js";
import { nextMidnight, useNow } from "../emulator/useNow.js";
import {
  formatDayAndTime,
  formatNumber,
  nameOf,
  plural,
  shorten,
  shortNameOf,
  splitUserId,
} from "../format.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";
import { TokenRow } from "./tokenRow.js";
import { nextState } from "./tokenState.js";
import { deletedText, factsText } from "./users.js";

/** A new card stands out for so long. */
const freshInMs = 2400;

interface UserCardProps {
  readonly user: ListedUser;
  /** When it was deleted on this page, in milliseconds since 1970. */
  readonly deletedAt: number | undefined;
  /** Whether it was deleted elsewhere. */
  readonly isGone: boolean;
  /** Pass a new object to focus the newest token. */
  readonly fresh: object | undefined;
  readonly onIssue: () => void;
  readonly onDelete: () => void;
  readonly onDismiss: () => void;
  /** Absent if the list is so short that no card is folded. */
  readonly onFold?: (() => void) | undefined;
}

interface FoldedUserProps {
  readonly user: ListedUser;
  readonly isGone: boolean;
  /** Pass a new object to focus its button. */
  readonly wanted: object | undefined;
  readonly onOpen: () => void;
}

/** A user in one line. It has few elements, since a list can have a thousand of them. */
export function FoldedUser({ user, isGone, wanted, onOpen }: FoldedUserProps): JSX.Element {
  const row = useRef<HTMLLIElement>(null);
  const name = nameOf(user);
  useLayoutEffect(() => {
    if (wanted) row.current?.querySelector("button")?.focus();
  }, [wanted]);
  return (
    <li
      ref={row}
      class={isGone ? "user folded deleted" : "user folded"}
      tabIndex={-1}
      aria-label={`User ${name}`}
    >
      <Button class="quiet" aria-expanded={false} aria-label={`Show user ${name}`} onClick={onOpen}>
        {name}
      </Button>
      <span class="muted number">{isGone ? "deleted" : plural(user.tokenCount, "token")}</span>
      <CopyButton class="quiet" what={`id of user ${name}`} text={() => user.id}>
        Copy id
      </CopyButton>
    </li>
  );
}

/** A user, its tokens and its buttons. */
export function UserCard({ user, deletedAt, isGone, fresh, ...actions }: UserCardProps): JSX.Element {
  const { emulator } = usePage();
  const { id, customId } = user;
  const name = nameOf(user);
  const card = useRef<HTMLLIElement>(null);
  const { change, ...problem } = useChanges();
  /** All tokens, once the older ones were requested. */
  const [all, setAll] = useState<readonly ListedToken[]>();
  const [showsAll, setShowsAll] = useState(false);
  const isDeleted = isGone || deletedAt !== undefined;
  const { revocationDelayInMs = 0 } = useSignal(emulator.info) ?? {};
  const tokens = all ?? user.tokens;
  const now = useNow((time) =>
    Math.min(nextMidnight(time), ...tokens.map((token) => nextState(token, time, revocationDelayInMs))),
  );
  const older = user.tokenCount - tokens.length;

  const showAll = async () => {
    const fetched = await problem.attempt(async () => setAll(await adminApi.tokensOf(id)));
    if (fetched) setShowsAll(true);
  };
  const revoke = () =>
    change(() => adminApi.revokeTokens(id), `All tokens of user ${shortNameOf(user)} were revoked`);

  // The list of users contains only the newest tokens.
  const readsAll = all !== undefined && !isDeleted;
  useRead({ read: readsAll ? () => adminApi.tokensOf(id) : undefined, show: setAll, fail: problem.show }, [
    user,
  ]);

  // The button that showed the older tokens is gone.
  useLayoutEffect(() => {
    if (!showsAll) return;
    card.current?.querySelectorAll<HTMLElement>(".token button:first-of-type")[tokensPerUser]?.focus();
  }, [showsAll]);

  useLayoutEffect(() => {
    if (!fresh || !card.current) return undefined;
    const newest = card.current.querySelector<HTMLElement>(".token button");
    (newest ?? card.current.querySelector<HTMLElement>(".buttons button"))?.focus();
    card.current.scrollIntoView({ block: "nearest" });
    card.current.classList.remove("fresh");
    // Reading the layout in between restarts the animation.
    void card.current.offsetWidth;
    card.current.classList.add("fresh");
    const timer = setTimeout(() => card.current?.classList.remove("fresh"), freshInMs);
    return () => clearTimeout(timer);
  }, [fresh]);

  const title = <h3>{customId === undefined ? <UserId id={id} /> : shorten(customId)}</h3>;
  const copyId = (
    <CopyButton class="quiet" what={`id of user ${name}`} text={() => id}>
      Copy id
    </CopyButton>
  );
  return (
    <li ref={card} class={isDeleted ? "user deleted" : "user"} tabIndex={-1} aria-label={`User ${name}`}>
      <div class="user-head">
        {customId === undefined ? (
          <div class="id-line">
            {title}
            {copyId}
          </div>
        ) : (
          title
        )}
        <p class="user-id flow">
          {customId !== undefined && (
            <span class="id-line">
              <UserId id={id} />
              {copyId}
            </span>
          )}
          <span class="muted number" title={formatDayAndTime(Date.parse(user.createdAt))}>
            {isDeleted ? deletedText(user, deletedAt) : factsText(user, tokens, now, revocationDelayInMs)}
          </span>
        </p>
        <div class="buttons">
          {deletedAt !== undefined && (
            <Button aria-label={`Dismiss deleted user ${name}`} onClick={actions.onDismiss}>
              Dismiss
            </Button>
          )}
          {!isDeleted && (
            <>
              <Button aria-label={`Issue token for user ${name}`} onClick={actions.onIssue}>
                Issue token
              </Button>
              <Button class="quiet" aria-label={`Revoke tokens of user ${name}`} onClick={revoke}>
                Revoke
              </Button>
              <Button class="quiet danger" aria-label={`Delete user ${name}`} onClick={actions.onDelete}>
                Delete
              </Button>
              {actions.onFold && (
                <Button
                  class="quiet"
                  aria-expanded
                  aria-label={`Collapse user ${name}`}
                  onClick={actions.onFold}
                >
                  Collapse
                </Button>
              )}
            </>
          )}
        </div>
      </div>
      <Whole text={customId ?? ""} />
      <Whole text={id} />
      {!isDeleted && problem.view}
      {tokens.length > 0 && (
        <ul class="tokens">
          {tokens.map((token) => (
            <TokenRow
              key={`${token.number} ${token.issuedAt}`}
              token={token}
              isVoid={isDeleted}
              change={change}
            />
          ))}
        </ul>
      )}
      {!isDeleted && older > 0 && (
        <p class="muted more-tokens">
          {all ? (
            `and ${formatNumber(older)} older`
          ) : (
            <Button aria-label={`Show ${plural(older, "older token")} of user ${name}`} onClick={showAll}>
              Show {formatNumber(older)} older
            </Button>
          )}
        </p>
      )}
    </li>
  );
}

function UserId({ id }: { id: string }): JSX.Element {
  const { prefix, own } = splitUserId(id);
  return (
    <code title={id}>
      <span class="light">{prefix}</span>
      {shorten(own)}
    </code>
  );
}
