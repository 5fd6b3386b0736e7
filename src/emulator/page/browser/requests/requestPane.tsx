import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ListedRequest } from "../../../admin/models.js";
import { Button, CopyButton, withBreaks } from "../controls/controls.js";
import { Diagnosis } from "../controls/diagnosis.js";
import { useProblem } from "../controls/problem.js";
import { useRead } from "../controls/useRead.js";
import { adminApi } from "../emulator/adminApi.js";
import { knownName } from "../entra/names.js";
import { useDirectory } from "../entra/useDirectory.js";
import { formatMoment, plural, shorten, shortenId } from "../format.js";
import { usePage } from "../pageContext.js";
import { addressOf, closeRequest, go } from "../place.js";
import { useSignal } from "../signal.js";
import { Comparison, compared } from "./comparison.js";
import { marked, receivedText } from "./receivedBody.js";
import { RefusedToken } from "./refusedToken.js";
import { Remedy } from "./remedy.js";
import { repeatOf, repeatWord } from "./repeat.js";
import { durationText } from "./requestRow.js";
import { outcomeOf, statusText, titleOf, traceOf, userIdOf } from "./requests.js";
import { onRequestKey } from "./shortcuts.js";

interface RequestProps {
  readonly request: ListedRequest;
}

/** A request: why it failed, what was sent, and what came back. */
export function RequestPane({ number }: { number: number }): JSX.Element {
  const { emulator } = usePage();
  const { startId } = useSignal(emulator.info) ?? {};
  /** Changes when it is cleared, in another window, too. */
  const listed = useSignal(emulator.requests);
  const isListed = listed?.some((each) => each.number === number);
  const [read, setRead] = useState<ListedRequest>();
  const title = useRef<HTMLHeadingElement>(null);
  const problem = useProblem();
  const request = read?.number === number ? read : undefined;

  const previous =
    request && listed?.find((each) => each.number < number && titleOf(each) === titleOf(request));

  // Until another one is read, what is shown stays, with what was selected and opened in it.
  const show = (found: ListedRequest | undefined, error?: unknown) => {
    setRead(found);
    problem.show(error);
  };
  useRead({ read: () => adminApi.request(number), show, fail: (error) => show(undefined, error) }, [
    number,
    startId,
    isListed,
  ]);
  useLayoutEffect(() => title.current?.focus(), [number]);

  return (
    <section class="panel" aria-labelledby="request-title" tabIndex={-1} onKeyDown={onRequestKey}>
      <div class="panel-head flow" data-outcome={request && outcomeOf(request)}>
        <h2 id="request-title" ref={title} tabIndex={-1}>
          {request ? withBreaks(titleOf(request)) : `Request ${number}`}{" "}
          <span class="status">{request && statusText(request)}</span>
        </h2>
        <span class="buttons">
          <Button class="quiet" aria-keyshortcuts="Escape" onClick={closeRequest}>
            Close
          </Button>
        </span>
      </div>
      {problem.view}
      {request && (
        <>
          <div class="part">
            <p class="hint">
              {formatMoment(Date.parse(request.time))} · took {durationText(request.durationInMs)} · request{" "}
              {number}
            </p>
            <Tries number={number} />
            <Reason request={request} />
            {previous && (
              <Button
                class="quiet"
                onClick={() => {
                  compared.value = { number, other: previous.number };
                }}
              >
                Compare with request {previous.number}
              </Button>
            )}
          </div>
          <RefusedToken request={request} />
          <Ids key={number} request={request} />
          <Comparison request={request} />
          <Message
            title="Request"
            start={`${request.method} ${location.origin}${request.target}`}
            body={request.body}
            received={receivedText(request)}
            headers={request.headers}
            buttons={<RepeatButtons key={number} request={request} />}
            note={repeatOf(request).note}
          />
          <Message
            title="Response"
            start={
              request.status === undefined
                ? "The connection was closed without a response."
                : statusText(request)
            }
            body={request.responseBody}
            headers={request.responseHeaders ?? {}}
          />
        </>
      )}
    </section>
  );
}

/** The tries of the call that this request is one of. */
function Tries({ number }: { number: number }): JSX.Element | null {
  const listed = useSignal(usePage().emulator.requests) ?? [];
  const id = listed.find((each) => each.number === number)?.clientRequestId;
  const tries = id ? listed.filter(({ clientRequestId }) => clientRequestId === id).reverse() : [];
  if (tries.length < 2) return null;
  const place = tries.findIndex((each) => each.number === number) + 1;
  return (
    <p class="flow">
      Try {place} of {tries.length} with this client request id:
      {tries.map(
        (each) =>
          each.number !== number && (
            <a key={each.number} href={addressOf(each.number)}>
              {each.number} ({statusText(each)})
            </a>
          ),
      )}
    </p>
  );
}

function Reason({ request }: RequestProps): JSX.Element | null {
  const { diagnosis, message: said, topic } = request;
  if (outcomeOf(request) === "expected")
    return <p>The doctor sent this to see it refused, so this is no failure.</p>;
  // The service says the same of a fault in other words.
  const message = diagnosis?.startsWith("An injected fault sent") ? undefined : said;
  if (diagnosis === undefined && message === undefined) return null;
  return (
    <div class="verdict" data-outcome={outcomeOf(request)}>
      <Diagnosis diagnosis={diagnosis ?? ""} message={message} topic={topic} />
      <Remedy key={request.number} request={request} />
    </div>
  );
}

/** Copies the request, or sends it again and shows the new response beside the old one. */
function RepeatButtons({ request }: RequestProps): JSX.Element {
  const { emulator, notify } = usePage();
  const [isBusy, setBusy] = useState(false);
  const { send, text } = repeatOf(request);
  const sendAgain = async (send: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    const newest = emulator.requests.value?.[0]?.number ?? 0;
    try {
      await send();
      await emulator.refresh();
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
    const sent = emulator.requests.value?.find(
      ({ number, target, method }) =>
        number > newest && target === request.target && method === request.method,
    );
    if (!sent) return;
    compared.value = { number: sent.number, other: request.number };
    go(sent.number);
  };
  return (
    <>
      {send && (
        <Button
          aria-busy={isBusy}
          aria-describedby="repeat-note"
          title="Sends it from this page with a new token, so a 401 for a wrong key doesn't come again."
          onClick={() => sendAgain(send)}
        >
          Send again
        </Button>
      )}
      <CopyButton
        what={`as ${repeatWord}`}
        aria-describedby="repeat-note"
        isDisabled={!text}
        text={() => text?.() ?? ""}
      >
        Copy as {repeatWord}
      </CopyButton>
    </>
  );
}

const guid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

/** The user, the trace, and whose ids of Entra ID the request and the response have. */
function Ids({ request }: RequestProps): JSX.Element | null {
  const { emulator } = usePage();
  const userId = userIdOf(request);
  const { traceId, spanId } = traceOf(request);
  const line = useSignal(emulator.requests)?.find(({ number }) => number === request.number);
  const guids = useMemo(() => {
    const { target, message, diagnosis, body, responseBody } = request;
    const texts = JSON.stringify([target, message, diagnosis, body, responseBody]);
    return [...new Set(texts.toLowerCase().match(guid))];
  }, [request]);
  const directory = useDirectory(guids.length > 0);
  const names = guids.flatMap((id) => {
    const name = directory && knownName(directory, id);
    return name === undefined ? [] : [{ id, name }];
  });
  if (userId === undefined && traceId === undefined && names.length === 0) return null;
  const showUser = (id: string) => {
    go("users");
    void emulator.find(id).then(() => {
      emulator.freshUser.value = { id };
    });
  };
  return (
    <dl class="part ids">
      {userId !== undefined && (
        <div>
          <dt>User</dt>
          <dd>
            {line?.customId && shorten(line.customId)} <code title={userId}>{shortenId(userId)}</code>
            <Button onClick={() => showUser(userId)}>Show user</Button>
          </dd>
        </div>
      )}
      {names.map(({ id, name }) => (
        <div key={id}>
          <dt>Entra ID</dt>
          <dd>
            {shorten(name)} <code>{id}</code>
          </dd>
        </div>
      ))}
      {traceId !== undefined && (
        <div class="trace">
          <dt>Trace</dt>
          <dd>
            <code title={`span ${spanId}`}>{traceId}</code>
            <CopyButton what="trace id" text={() => traceId}>
              Copy trace id
            </CopyButton>
          </dd>
        </div>
      )}
    </dl>
  );
}

interface MessageProps {
  readonly title: "Request" | "Response";
  /** The first line. */
  readonly start: string;
  readonly body: unknown;
  /** The body as it was received, if that is known. */
  readonly received?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What else can be done with it, and what that sends. */
  readonly buttons?: JSX.Element;
  readonly note?: string;
}

/** What was sent or came back, in one scroll, so that the browser's search finds both. */
function Message({ title, start, body, received, headers, buttons, note }: MessageProps): JSX.Element {
  const content = typeof body === "string" ? body : JSON.stringify(body, undefined, 2);
  const names = Object.keys(headers);
  return (
    <div class="part" id={title.toLowerCase()}>
      <div class="flow apart">
        <h3>{title}</h3>
        <span class="buttons">
          {body !== undefined && (
            <CopyButton
              class="quiet"
              what={`body of the ${title.toLowerCase()}`}
              text={() => received ?? content}
            >
              Copy body
            </CopyButton>
          )}
          {buttons}
        </span>
      </div>
      <code class="muted">{withBreaks(start)}</code>
      {body === undefined ? <p class="hint">No body</p> : <pre class="well">{content}</pre>}
      {received !== undefined && (
        <details>
          <summary>As received</summary>
          <pre class="well">
            <Marked text={received} />
          </pre>
        </details>
      )}
      {note && (
        <p id="repeat-note" class="hint">
          {note}
        </p>
      )}
      {names.length > 0 && (
        <details>
          <summary>{plural(names.length, "header")}</summary>
          <pre>
            {names.map((name) => (
              <div key={name}>
                <span class="muted">{name}:</span> {headers[name]}
              </div>
            ))}
          </pre>
        </details>
      )}
    </div>
  );
}

/** A text whose blanks and byte order mark can be seen. */
function Marked({ text }: { text: string }): JSX.Element {
  return (
    <>
      {marked(text).map(({ text, isMark }, index) =>
        isMark ? (
          <span key={index} class="light">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </>
  );
}
