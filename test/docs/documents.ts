import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export function textOf(path: string): string {
  return readFileSync(`${root}/${path}`, "utf8");
}

/** The pages of the manual, relative to the root. */
export const manual: readonly string[] = readdirSync(`${root}/docs`)
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);

/** Every Markdown file that a user reads, relative to the root. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...manual,
  ...readdirSync(`${root}/samples`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("README.md") && !path.includes("node_modules"))
    .map((path) => `samples/${path.replaceAll("\\", "/")}`),
];

/** Returns the contents of the code blocks in one language, such as `text`. */
export function blocksOf(path: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...textOf(path).matchAll(pattern)].map(([, content = ""]) => content);
}

/** Returns the anchor that GitHub generates for a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** Returns the anchors that links into a file can use. */
export function anchorsOf(path: string): string[] {
  return [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}
