import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Inspection } from "../../../admin/models.js";
import { Facts } from "../controls/controls.js";
import { Dialog } from "../controls/dialog.js";
import { Field } from "../controls/field.js";
import { useProblem } from "../controls/problem.js";
import { adminApi } from "../emulator/adminApi.js";
import { knownName } from "../entra/names.js";
import { useDirectory } from "../entra/useDirectory.js";
import { formatDayAndTime, nameOf, shorten } from "../format.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";
import { claims } from "./claims.js";

interface Inspected {
  readonly token: string;
  readonly inspection: Inspection;
}

/** Says whether a token is valid, or why not, and shows its claims. */
export function InspectDialog({ token }: { token?: () => Promise<string> }): JSX.Element {
  const input = useRef<HTMLTextAreaElement>(null);
  const [inspected, setInspected] = useState<Inspected>();
  const problem = useProblem();

  const inspect = async (text: string) =>
    setInspected({ token: text, inspection: await adminApi.inspect(text) });

  useEffect(() => {
    if (!token) return;
    void problem.attempt(async () => {
      const text = await token();
      if (input.current) input.current.value = text;
      await inspect(text);
    });
  }, []);

  return (
    <Dialog
      title="Inspect token"
      action="Inspect"
      cancel="Close"
      submit={async (fields) => {
        setInspected(undefined);
        const text = fields.text("token");
        if (text === "") fields.refuse("token", "Paste a token to inspect.");
        // In a log, a token stands behind its name.
        await inspect(/eyJ[\w.-]+/.exec(text)?.[0] ?? text);
        return undefined;
      }}
    >
      <p class="hint">Shows whether a token is valid and, if it isn't, why not.</p>
      <Field label="Token">
        <textarea
          ref={input}
          name="token"
          rows={5}
          spellcheck={false}
          autocomplete="off"
          placeholder="eyJ…"
          onPaste={({ currentTarget: { form } }) => setTimeout(() => form?.requestSubmit())}
          onKeyDown={(event) => {
            // No token has more than one line.
            if (event.key !== "Enter" || event.isComposing) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
      </Field>
      <div role="status">{inspected && <Verdict {...inspected} />}</div>
      {problem.view}
    </Dialog>
  );
}

function Verdict({ token, inspection }: Inspected): JSX.Element {
  const { valid, message, userId, scopes, issuedAt, expiresOn, revokedAt, encrypted } = inspection;
  const expires = expiresOn && formatDayAndTime(Date.parse(expiresOn));
  const user = useSignal(usePage().emulator.users)?.users.find(({ id }) => id === userId);
  return (
    <>
      <div class={valid ? "verdict" : "verdict bad"}>
        <strong>{valid && !revokedAt ? `Valid until ${expires}` : message}</strong>
      </div>
      {/* Outside the verdict and its padding, so that the values stand in one column with those of the claims. */}
      <Facts
        rows={[
          ["User", user?.customId === undefined ? userId : `${userId} (${nameOf(user)})`],
          ["Scopes", scopes?.join(", ")],
          ["Issued", issuedAt && formatDayAndTime(Date.parse(issuedAt))],
          ["Expires", valid ? undefined : expires],
        ]}
      />
      {encrypted && (
        <p class="hint">
          Clients can't decode this token, which is allowed. The emulator can: its key is public.
        </p>
      )}
      <Claims token={token} />
    </>
  );
}

/** Claims in seconds since 1970. In the service's tokens, `csi` is such a number as a text. */
const timeClaims = ["exp", "iat", "nbf", "csi"];

interface ClaimsProps {
  readonly token: string;
  readonly title?: string;
  /** The names of the claim for which the token was refused. It comes first, even if the token lacks it. */
  readonly wrong?: readonly string[];
}

/** Shows a token's claims, its times as dates, too, and whose its ids are. Renders nothing if it isn't a JWT. */
export function Claims({ token, title = "Claims", wrong = [] }: ClaimsProps): JSX.Element | null {
  const { resourceId } = useSignal(usePage().emulator.info) ?? {};
  const directory = useDirectory(true);
  let content: Record<string, unknown>;
  try {
    content = claims(token);
  } catch {
    return null;
  }
  const row = (name: string) => {
    const value = content[name];
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "missing");
    const isTime = timeClaims.includes(name) && /^-?\d{1,11}(?:\.\d+)?$/.test(text);
    const whose = text === resourceId ? "the emulator's resource" : directory && knownName(directory, text);
    const meaning = isTime ? formatDayAndTime(Number(text) * 1000) : whose;
    const whole = meaning === undefined ? text : `${text} · ${shorten(meaning)}`;
    return [name, name === refused ? <mark>{whole} · refused for this</mark> : whole] as const;
  };
  const refused = wrong.find((name) => name in content) ?? wrong[0];
  const names = Object.keys(content).filter((name) => name !== refused);
  return (
    <>
      <h3>{title}</h3>
      <Facts rows={[...(refused === undefined ? [] : [refused]), ...names].map(row)} />
    </>
  );
}
