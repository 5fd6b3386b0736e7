import type { ComponentChild, JSX } from "preact";
import { useContext } from "preact/hooks";
import { TabStop } from "./controls.js";

/** Also matches a quotation without an end, which otherwise would be looked for from each of its quotes. */
const quoted = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)/g;

interface DiagnosisProps {
  readonly diagnosis: string;
  /** What the service itself said. */
  readonly message?: string | undefined;
  /** The section of the help that explains this error. */
  readonly topic?: string | undefined;
}

/** A diagnosis. Multi-line texts that it quotes, such as a string to sign, are shown line by line. */
export function Diagnosis({ diagnosis, message, topic }: DiagnosisProps): JSX.Element {
  const tabIndex = useContext(TabStop);
  return (
    <div class="diagnosis">
      {message !== undefined && <p class="muted">{message}</p>}
      {partsOf(diagnosis)}
      {topic !== undefined && (
        <p>
          <a class="help" href={`/help#${topic}`} target="_blank" rel="noopener" tabIndex={tabIndex}>
            How to fix this
          </a>
        </p>
      )}
    </div>
  );
}

function partsOf(diagnosis: string): ComponentChild[] {
  const parts: ComponentChild[] = [];
  let end = 0;
  for (const match of diagnosis.matchAll(quoted)) {
    const text = unquote(match[0]);
    if (!text?.includes("\n")) continue;
    parts.push(prose(diagnosis.slice(end, match.index)), <Lines text={text} />);
    end = match.index + match[0].length;
  }
  return [...parts, prose(diagnosis.slice(end))];
}

/** Each line is its own element, so that a wrapped line still looks like one. Lines wrap after semicolons. */
function Lines({ text }: { text: string }): JSX.Element {
  return (
    <pre class="well">
      {text.split("\n").map((line) => (
        <div class="line">
          {line.split(/(?<=;)/).map((piece) => (
            <span>{piece}</span>
          ))}
          {"\n"}
        </div>
      ))}
    </pre>
  );
}

function prose(text: string): ComponentChild {
  const trimmed = text.replace(/^[;\s]+/, "").trim();
  return trimmed !== "" && <p>{trimmed}</p>;
}

function unquote(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}
