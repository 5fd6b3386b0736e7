import type { ComponentChildren, JSX } from "preact";
import { createContext } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { plural, shorten } from "../format.js";
import { usePage } from "../pageContext.js";
import { writeClipboard } from "./clipboard.js";

/** The `tabIndex` of controls inside a row of a list in which only one row is in the tab order. */
export const TabStop: ReturnType<typeof createContext<0 | -1 | undefined>> = createContext<
  0 | -1 | undefined
>(undefined);

export function Button(attributes: JSX.IntrinsicElements["button"]): JSX.Element {
  return <button type="button" tabIndex={useContext(TabStop)} {...attributes} />;
}

interface CopyButtonProps {
  readonly id?: string;
  readonly class?: string;
  readonly title?: string;
  readonly "aria-describedby"?: string;
  /** It keeps the focus, so that everybody can read its title. */
  readonly isDisabled?: boolean;
  /** What is copied, such as `token 1`. Screen readers call the button `Copy token 1`, so this continues what it shows. */
  readonly what: string;
  readonly text: () => string | Promise<string>;
  /** It says what is copied, since several of these stand beside each other. */
  readonly children: ComponentChildren;
}

/** Copies a text, and briefly confirms it. */
export function CopyButton({
  what,
  text,
  isDisabled = false,
  children,
  ...rest
}: CopyButtonProps): JSX.Element {
  const { announce, notify } = usePage();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    if (isDisabled) return;
    try {
      await writeClipboard(text());
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
      return;
    }
    announce(`Copied ${what}`);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <Button
      aria-label={`${isCopied ? "Copied" : "Copy"} ${what}`}
      aria-disabled={isDisabled}
      onClick={copy}
      {...rest}
    >
      {isCopied ? "Copied" : children}
    </Button>
  );
}

/** Between the segments of a path, the parameters of a query and the parts of a connection string. */
const breaks = /(?<=[^/]\/|[?&;])(?![/;])/;

/** Lets an address break where it reads well, before it breaks anywhere else. */
export function withBreaks(address: string): ComponentChildren {
  return address.split(breaks).flatMap((part, index) => (index > 0 ? [<wbr />, part] : part));
}

/** Shows all of a text after a click, where it is shortened otherwise. */
export function Whole({ text }: { text: string }): JSX.Element | null {
  const tabIndex = useContext(TabStop);
  if (shorten(text) === text) return null;
  return (
    <details>
      <summary tabIndex={tabIndex}>All {plural(text.length, "character")}</summary>
      <pre class="well">{text}</pre>
      <CopyButton what={`all of ${shorten(text)}`} text={() => text}>
        Copy all
      </CopyButton>
    </details>
  );
}

/** A list of names and values. Rows without a value are omitted. */
export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="facts">
      {rows.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

interface PaneProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Pane({ title, children }: PaneProps): JSX.Element {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id} tabIndex={-1}>
      <div class="panel-head flow">
        <h2 id={id}>{title}</h2>
      </div>
      {children}
    </section>
  );
}

export function Part({ title, children }: PaneProps): JSX.Element {
  return (
    <div class="part">
      <h3>{title}</h3>
      {children}
    </div>
  );
}
