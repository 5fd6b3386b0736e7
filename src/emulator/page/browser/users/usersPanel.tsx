import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ListedUser } from "../../../admin/models.js";
import { shellsOf } from "../../../environment/shells.js";
import { Button, CopyButton } from "../controls/controls.js";
import { RovingList } from "../controls/rovingList.js";
import { startOf, usersPerPage } from "../emulator/emulatorView.js";
import { connectionString, formatNumber, isWindows, plural } from "../format.js";
import { language } from "../header/language.js";
import { LanguageChoice } from "../header/languageChoice.js";
import { shellText } from "../header/shellText.js";
import { InspectDialog } from "../inspect/inspectDialog.js";
import { usePage } from "../pageContext.js";
import { shown } from "../place.js";
import { writeNarrowing } from "../requests/narrowing.js";
import { useSignal } from "../signal.js";
import { FoldedUser, UserCard } from "./userCard.js";
import { DeleteUserDialog, IssueTokenDialog, NewUserDialog } from "./userDialogs.js";
import { countText, isFound, keyOf, shownText, snippet, withDeleted } from "./users.js";

const mostUsers = 1000;
/** With more users than these, each is a line until it is opened. */
const mostUnfolded = 10;
/** The search waits this long after each keystroke for the next one. */
const typingPauseInMs = 120;

/** Users and their tokens, newest first. */
export function UsersPanel(): JSX.Element {
  const { announce, emulator, open } = usePage();
  const [deleted, query] = [useSignal(emulator.deleted), useSignal(emulator.query)];
  const [listed, fresh] = [useSignal(emulator.users), useSignal(emulator.freshUser)];
  const panel = useRef<HTMLElement>(null);
  const [search, start] = [useSignal(emulator.searchText), useSignal(emulator.listed)];
  const [place, listedQuery] = [useSignal(shown), useSignal(emulator.listedQuery)];
  // Back can have led to an address from before.
  useEffect(() => writeNarrowing({ users: query.search }), [query.search, place]);
  const setFresh = (user: { readonly id: string }) => {
    emulator.freshUser.value = user;
  };
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  /** The user that was opened or folded last, which keeps the focus. */
  const [wanted, setWanted] = useState<{ readonly id: string }>();
  const isLong = (listed?.total ?? 0) > mostUnfolded;
  const unfold = (id: string) => {
    setOpened(new Set([...opened, id]));
    setWanted({ id });
  };
  const fold = (id: string) => {
    setOpened(new Set([...opened].filter((each) => each !== id)));
    setWanted({ id });
  };
  useLayoutEffect(() => {
    if (fresh) setOpened(new Set([...opened, fresh.id]));
  }, [fresh]);
  /** The place of the first row that "Show more" has added. */
  const [firstOfMore, setFirstOfMore] = useState<number>();
  const users = withDeleted(
    listed?.users ?? [],
    deleted.filter(({ user }) => isFound(user, query.search)),
  );

  const find = async (text: string, pauseInMs?: number) => {
    await emulator.find(text, pauseInMs);
    // The user has kept typing.
    if (text.trim() !== emulator.query.value.search || !emulator.users.value) return;
    announce(`${plural(emulator.users.value.matching, "user")}${text.trim() === "" ? "" : " found"}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || search === "") return;
    event.preventDefault();
    void find("");
  };
  const onNew = () => {
    let id = "";
    const onCreated = (created: string) => {
      id = created;
      emulator.narrow("");
    };
    open(<NewUserDialog onCreated={onCreated} onReported={() => setFresh({ id })} />);
  };
  const onDeleted = (user: ListedUser) => {
    // The app may have deleted it meanwhile.
    if (users.some(({ id }) => id === user.id)) emulator.markDeleted(user);
  };
  const onDismiss = (user: ListedUser) => {
    emulator.deleted.value = deleted.filter((mark) => mark.user !== user);
  };
  const onShowMore = async () => {
    const count = users.length;
    await emulator.showUsers(Math.min(mostUsers, query.userLimit + usersPerPage));
    if (!emulator.users.value) return;
    const { users: more, matching } = emulator.users.value;
    announce(`${formatNumber(more.length)} of ${plural(matching, "user")} shown`);
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
          onInput={(event) => void find(event.currentTarget.value, typingPauseInMs)}
          onKeyDown={onKeyDown}
        />
        <span class="buttons">
          <Button onClick={() => open(<InspectDialog />)}>Inspect token</Button>
          <Button class="primary" onClick={onNew}>
            New user
          </Button>
        </span>
      </div>
      <RovingList
        as="ul"
        id="user-list"
        noun="user"
        items={users}
        view={`${listedQuery?.search} ${listedQuery?.userLimit} ${fresh?.id} ${deleted.length} ${start && startOf(start)}`}
        isWhole={listed !== undefined && listed.matching <= listed.users.length}
        keyOf={keyOf}
        keys={
          <>
            <kbd>Tab</kbd> inside the user
          </>
        }
      >
        {(user, isGone) =>
          isLong && !opened.has(user.id) && !deleted.some((mark) => mark.user === user) ? (
            <FoldedUser
              user={user}
              isGone={isGone}
              wanted={wanted?.id === user.id ? wanted : undefined}
              onOpen={() => unfold(user.id)}
            />
          ) : (
            <UserCard
              user={user}
              deletedAt={deleted.find((mark) => mark.user === user)?.deletedAt}
              isGone={isGone}
              fresh={[fresh, isLong ? wanted : undefined].find((each) => each?.id === user.id)}
              onFold={isLong ? () => fold(user.id) : undefined}
              onIssue={() => open(<IssueTokenDialog user={user} onDone={() => setFresh({ id: user.id })} />)}
              onDelete={() => open(<DeleteUserDialog user={user} onDone={() => onDeleted(user)} />)}
              onDismiss={() => onDismiss(user)}
            />
          )
        }
      </RovingList>
      {listed && users.length === 0 && <NoUsers search={query.search} />}
      {listed && listed.matching > listed.users.length && (
        <p class="more flow apart">
          <span class="muted">{shownText(listed.users.length, listed.matching, query.search)}</span>
          {query.userLimit < mostUsers && (
            <Button onClick={onShowMore}>
              Show {Math.min(usersPerPage, listed.matching - listed.users.length)} more
            </Button>
          )}
        </p>
      )}
    </section>
  );
}

function NoUsers({ search }: { search: string }): JSX.Element {
  const { connectionString: given, certificateFile } = useSignal(usePage().emulator.info) ?? {};
  const chosen = useSignal(language);
  const [shell = "your shell"] = shellsOf(isWindows() ? "win32" : "linux");
  const settings = (showsKey: boolean) =>
    shellText(chosen, shell, { connectionString: connectionString(given, showsKey), certificateFile });
  if (search !== "") return <p class="empty">No user's id contains “{search}”.</p>;
  return (
    <div id="users-empty" class="empty">
      <p>
        <strong>No users yet</strong>
      </p>
      <p>
        Create one here, or from your app in three steps:{" "}
        <LanguageChoice class="narrow" label="Your app's language" />
      </p>
      <ol class="steps">
        <li>
          <span class="flow apart">
            Paste this into the terminal in which your app starts.
            <CopyButton what="settings for your shell" text={() => settings(true)}>
              Copy settings
            </CopyButton>
          </span>
          <pre class="well">{settings(false)}</pre>
        </li>
        <li>
          <span class="flow apart">
            Let your app create a user and a token.
            <CopyButton what="code" text={() => snippet(connectionString(given, true), chosen)}>
              Copy code
            </CopyButton>
          </span>
          <pre id="snippet" class="well">
            {snippet(connectionString(given, false), chosen)}
          </pre>
        </li>
        <li>
          See its request in the list at once. If it failed, the row says why.{" "}
          <a class="help" href="/help" target="_blank" rel="noopener">
            Help with each error
          </a>
        </li>
      </ol>
    </div>
  );
}
