import { type JSX, options } from "preact";
import { unicodeEscape } from "../format.js";

/** It can't be seen, and turns the text after it round, which then looks like another one. */
const direction = /(\p{Bidi_Control})/u;

/**
 * Shows the characters that change the direction of text as escapes, such as `\u202e`, in every text and tooltip that the
 * page renders. Texts from outside can have them anywhere. What is copied has the characters themselves.
 */
export function showDirections(): void {
  options.vnode = (node) => {
    const { type, props } = node as { readonly type: unknown; readonly props: string | { title?: unknown } };
    if (typeof props === "string") {
      // This is a text, and no element yet.
      if (direction.test(props)) Object.assign(node, { type: VisibleText, props: { text: props } });
    } else if (typeof type === "string" && typeof props.title === "string") {
      props.title = partsOf(props.title).join("");
    }
  };
}

function VisibleText({ text }: { text: string }): JSX.Element {
  return <>{partsOf(text).map((part, index) => (index % 2 > 0 ? <b class="chip warn">{part}</b> : part))}</>;
}

/** Returns the text before the first of these characters, its escape, the text after it, and so on. */
function partsOf(text: string): string[] {
  return text.split(direction).map((part, index) => (index % 2 > 0 ? unicodeEscape(part) : part));
}
