import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export function readText(path: string): string {
  return readFileSync(`${root}/${path}`, "utf8");
}

/** The pages of the manual, relative to the root. */
export const manual: readonly string[] = readdirSync(`${root}/docs`)
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);

/** Every Markdown file that a user reads, relative to the root. */
export const documents: readonly string[] = [
  // The names of documents are in capitals, unlike what a program leaves there, such as live-report.md.
  ...readdirSync(root).filter((name) => /^[A-Z]+\.md$/.test(name)),
  ...manual,
  // A recursive listing would never end: an installed sample links back to this repository.
  ...["samples", ...readdirSync(`${root}/samples`).map((name) => `samples/${name}`)]
    .map((folder) => `${folder}/README.md`)
    .filter((path) => existsSync(`${root}/${path}`)),
  "service/README.md",
  "service/settings.md",
  "service/operations/runbook.md",
];

/** Returns the contents of the code blocks in one language, such as `text`. */
export function codeBlocks(path: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...readText(path).matchAll(pattern)].map(([, content = ""]) => content);
}

/** Returns the anchor that GitHub generates for a heading. */
export function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** Returns the anchors that links into a file can use. */
export function findAnchors(path: string): string[] {
  return [...readText(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => toAnchor(heading));
}

/** Returns the links of a document that lead to no file or heading of the repository. */
export function brokenLinks(path: string): string[] {
  const links = [...readText(path).matchAll(/\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)/g)];
  const isBroken = (file: string, anchor: string | undefined) => {
    const target = file ? join(dirname(path), file) : path;
    if (!existsSync(`${root}/${target}`)) return true;
    return anchor !== undefined && !findAnchors(target).includes(anchor);
  };
  return links.flatMap(([, file = "", anchor]) =>
    isBroken(file, anchor) ? [[file, anchor].filter((part) => part !== undefined).join("#")] : [],
  );
}

/**
 * Returns the lines that tell a reader to run the command in a way that runs somebody else's package where this one isn't
 * installed.
 */
export function unsafeLines(path: string): string[] {
  return readText(path)
    .split("\n")
    .filter((line) => /\bnpx (?!--no-install )(?:-\S+ )*acs-identity/.test(line));
}

/** Returns the text below a heading of the second level. */
export function findSection(path: string, heading: string): string {
  const [, rest = ""] = readText(path).split(`\n## ${heading}\n`);
  const [section = ""] = rest.split("\n## ");
  return section;
}

/** Returns the members of an exported interface of src, each with the default of its doc comment. */
export function membersWithDefaults(path: string, name: string): Record<string, string> {
  const [, body = ""] =
    new RegExp(`^export interface ${name}\\s[^{]*\\{\\n(.*?)^\\}`, "ms").exec(readText(path)) ?? [];
  const members = [...body.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*(?:readonly )?(\w+)\??:/gs)];
  return Object.fromEntries(
    members.map(([, comment = "", member = ""]) => {
      const [, value = ""] = /@defaultValue (.*)/.exec(comment) ?? [];
      return [member, value.replaceAll("`", "").trim()];
    }),
  );
}
