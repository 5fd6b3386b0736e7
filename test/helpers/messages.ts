import { readText, toAnchor } from "./documents.js";

/** A message that TROUBLESHOOTING.md explains. */
export interface Message {
  readonly text: string;
  /** The program that writes it. Omitted for those of this package and of the service. */
  readonly of?: string;
  /** The anchor of the section that explains it. */
  readonly section: string;
}

const page = "TROUBLESHOOTING.md";
const ownBlock = "```text";

/** Returns the messages that the sections explain: ours are `text` blocks, those of other programs are rows of a table. */
export function explainedMessages(): Message[] {
  const messages: Message[] = [];
  let section = "";
  let isOwn = false;
  for (const line of afterList(readText(page)).split("\n")) {
    const [, heading] = /^#+ (.+)$/.exec(line) ?? [];
    const [, cell, of] = /^\| (`.+?) \| (.+?) \| .+ \|$/.exec(line) ?? [];
    if (heading) section = toAnchor(heading);
    else if (line.startsWith("```")) isOwn = line === ownBlock;
    else if (isOwn && line !== "") messages.push({ text: line, section });
    else if (cell && of) messages.push(...codeSpans(cell).map((text) => ({ text, of, section })));
  }
  return messages;
}

/** Returns the lines of the list at the beginning of the page. */
export function listedMessages(): string[] {
  const [, rest = ""] = readText(page).split("\n## Messages\n");
  const [list = ""] = rest.split("\n## ");
  return list.match(/^- .+$/gm) ?? [];
}

/** Returns the lines that the list must have: sorted by their letters and digits, each with a link to its section. */
export function linesFor(messages: readonly Message[]): string[] {
  const lines = messages.map(({ text, of, section }) => {
    const shown = shortened(text);
    const quote = shown.includes("`") ? "``" : "`";
    return [sortKey(text), `- [${quote}${shown}${quote}](#${section})${of ? ` (${of})` : ""}`] as const;
  });
  lines.push(["aadsts", "- [`AADSTS…`](#what-entra-id-says) (Entra ID)"]);
  const sorted = lines.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return [...new Set(sorted.map(([, line]) => line))];
}

/** Returns a pattern for a message, whose ellipses stand for the parts that vary. */
export function messagePattern(text: string): RegExp {
  const escaped = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(escaped.join("[\\s\\S]{0,400}?"));
}

function afterList(text: string): string {
  const [, rest = ""] = text.split("\n## Messages\n");
  return rest.slice(rest.indexOf("\n## "));
}

/** A long message is cut between words. */
function shortened(text: string): string {
  return text.length <= 90 ? text : `${text.slice(0, text.lastIndexOf(" ", 90))} …`;
}

function sortKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

function codeSpans(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, text = ""]) => text);
}
