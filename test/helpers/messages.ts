import { readText } from "./documents.js";

/** A message that TROUBLESHOOTING.md explains. */
export interface Message {
  readonly text: string;
  /** The program that writes it. Omitted for those of this package and of the service. */
  readonly of?: string;
}

const page = "TROUBLESHOOTING.md";
const ownBlock = "```text";

/** Returns the messages that the sections explain: ours are `text` blocks, those of other programs are rows of a table. */
export function explainedMessages(): Message[] {
  const messages: Message[] = [];
  let isOwn = false;
  for (const line of readText(page).split("\n")) {
    const [, cell, of] = /^\| (`.+?) \| (.+?) \| .+ \|$/.exec(line) ?? [];
    if (line.startsWith("```")) isOwn = line === ownBlock;
    else if (isOwn && line !== "") messages.push({ text: line });
    else if (cell && of) messages.push(...codeSpans(cell).map((text) => ({ text, of })));
  }
  return messages;
}

/** Returns a pattern for a message, whose ellipses stand for the parts that vary. */
export function messagePattern(text: string): RegExp {
  const escaped = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(escaped.join("[\\s\\S]{0,400}?"));
}

function codeSpans(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, text = ""]) => text);
}
