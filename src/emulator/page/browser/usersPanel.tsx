import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ListedUser } from "../../admin/models.js";
import { Button, CopyButton } from "./controls.js";
import { emulatorClock } from "./emulatorClock.js";
import { type DeletedUser, usersPerPage } from "./emulatorView.js";
import { connectionString, formatNumber, plural } from "./format.js";
import { InspectDialog } from "./inspectDialog.js";
import { usePage } from "./pageContext.js";
import { useProblem } from "./problem.js";
import { RovingList } from "./rovingList.js";
import { UserCard } from "./userCard.js";
import { DeleteUserDialog, IssueTokenDialog, NewUserDialog } from "./userDialogs.js";

const mostUsers = 1000;
/** The search waits this long after each keystroke for the next one. */
const typingPauseInMs = 120;

/** Users and their tokens, newest first. */
export function UsersPanel(): JSX.Element {
  const { announce, emulator, open } = usePage();
  const { deleted, query, users: listed } = emulator;
  const panel = useRef<HTMLElement>(null);
  const newUser = useRef<HTMLButtonElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [search, setSearch] = useState("");
  /** The user whose newest token gets the focus. It is a new object each time. */
  const [fresh, setFresh] = useState<{ readonly id: string }>();
  /** The place of the first row that "Show more" has added. */
  const [firstOfMore, setFirstOfMore] = useState<number>();
  const users = withDeleted(listed?.users ?? [], deleted);

  const find = async (text: string) => {
    await emulator.find({ search: text.trim(), userLimit: usersPerPage });
    // The user has kept typing.
    if (text.trim() !== emulator.query.search || !emulator.users) return;
    announce(`${plural(emulator.users.matching, "user")}${text.trim() === "" ? "" : " found"}`);
  };
  const onType = (text: string) => {
    setSearch(text);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => void find(text), typingPauseInMs);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || search === "") return;
    event.preventDefault();
    clearTimeout(pause.current);
    setSearch("");
    void find("");
  };
  const onCreated = async (id: string, hasToken: boolean) => {
    setSearch("");
    await emulator.find({ search: "" });
    announce(hasToken ? "User created and token issued" : "User created");
    setFresh({ id });
  };
  const onIssued = async (id: string, name: string) => {
    await emulator.refresh();
    announce(`Token issued for user ${name}`);
    setFresh({ id });
  };
  const onDeleted = async (user: ListedUser, name: string) => {
    const place = users.findIndex(({ id }) => id === user.id);
    const mark = { user, before: users[place + 1]?.id, deletedAt: emulatorClock.now() };
    emulator.setDeleted([...deleted, mark]);
    await emulator.refresh();
    announce(`User ${name} was deleted`);
  };
  const onDismiss = (user: ListedUser, row: Element | null) => {
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    (next?.querySelector("button") ?? newUser.current)?.focus();
    emulator.setDeleted(deleted.filter((mark) => mark.user !== user));
  };
  const onShowMore = async () => {
    const count = users.length;
    await emulator.find({ userLimit: Math.min(mostUsers, query.userLimit + usersPerPage) });
    if (!emulator.users) return;
    const { users: shown, matching } = emulator.users;
    announce(`${formatNumber(shown.length)} of ${plural(matching, "user")} shown`);
    setFirstOfMore(count);
  };
  useLayoutEffect(() => {
    if (firstOfMore === undefined) return;
    panel.current?.querySelectorAll<HTMLElement>(".user")[firstOfMore]?.focus();
  }, [firstOfMore]);

  return (
    <section ref={panel} id="users" class="panel" aria-labelledby="users-title" tabIndex={-1}>
      <div class="panel-head flow">
        <h2 id="users-title">
          Users{" "}
          <span id="user-count" class="light number">
            {listed && countText(listed.total, listed.matching, query.search)}
          </span>
        </h2>
        <input
          type="search"
          id="search"
          placeholder="Search by id"
          aria-label="Search users by id or custom id"
          autocomplete="off"
          spellcheck={false}
          value={search}
          onInput={(event) => onType(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <span class="buttons">
          <Button onClick={() => open(<InspectDialog />)}>Inspect token</Button>
          <button
            ref={newUser}
            type="button"
            class="primary"
            onClick={() => open(<NewUserDialog onDone={onCreated} />)}
          >
            New user
          </button>
        </span>
      </div>
      <RovingList as="ul" id="user-list" noun="user" items={users} keyOf={keyOf}>
        {(user) => (
          <UserCard
            user={user}
            deletedAt={deleted.find((mark) => mark.user === user)?.deletedAt}
            fresh={fresh?.id === user.id ? fresh : undefined}
            onIssue={(name) => open(<IssueTokenDialog id={user.id} name={name} onDone={onIssued} />)}
            onDelete={(name) => open(<DeleteUserDialog user={user} name={name} onDone={onDeleted} />)}
            onDismiss={(row) => onDismiss(user, row)}
          />
        )}
      </RovingList>
      {listed && users.length === 0 && <NoUsers search={query.search} />}
      {listed && listed.matching > listed.users.length && (
        <p class="more flow apart">
          <span class="muted">{shownText(listed.users.length, listed.matching, query.search)}</span>
          {query.userLimit < mostUsers && <Button onClick={onShowMore}>Show {usersPerPage} more</Button>}
        </p>
      )}
    </section>
  );
}

function NoUsers({ search }: { search: string }): JSX.Element {
  const { emulator } = usePage();
  const problem = useProblem();
  if (search !== "") return <p class="empty">No user's id contains “{search}”.</p>;
  return (
    <div id="users-empty" class="empty">
      <p>
        <strong>No users yet</strong>
      </p>
      <p>Create one here, or from your app:</p>
      <pre id="snippet" class="well">
        {snippet(connectionString(emulator.info?.connectionString, false))}
      </pre>
      <CopyButton
        what="code"
        text={() => snippet(connectionString(emulator.info?.connectionString, true))}
        onError={problem.show}
      >
        Copy code
      </CopyButton>
      {problem.view}
    </div>
  );
}

/** Returns the first lines of an app. */
function snippet(connection: string): string {
  return `import { CommunicationIdentityClient } from "acs-identity";
const client = new CommunicationIdentityClient("${connection}");
const { user, token } = await client.createUserAndToken(["voip"]);
`;
}

/** Puts users that were deleted on this page back where they were in the list. */
function withDeleted(listed: readonly ListedUser[], deleted: readonly DeletedUser[]): ListedUser[] {
  // The list still contains them until the next poll.
  const users = listed.filter((user) => !deleted.some((mark) => keyOf(mark.user) === keyOf(user)));
  for (const { user, before } of deleted) {
    const place = users.findIndex(({ id }) => id === before);
    users.splice(place < 0 ? users.length : place, 0, user);
  }
  return users;
}

/** Includes the date, because the same id can appear again after a reset. */
function keyOf({ id, createdAt }: ListedUser): string {
  return `${id} ${createdAt}`;
}

function countText(total: number, matching: number, search: string): string {
  return search === "" ? formatNumber(total) : `${formatNumber(matching)} of ${formatNumber(total)}`;
}

function shownText(shown: number, matching: number, search: string): string {
  const newest = `The newest ${formatNumber(shown)} of ${formatNumber(matching)}`;
  return search === "" ? `${newest} users. Search to find others.` : `${newest} users found.`;
}
