// Part of `npm run check`: finds links that lead nowhere, documented messages that the code no longer has,
// and commands that are unsafe to paste.
import { brokenLinks, documents, outdatedMessages, unsafeLines } from "./documents.js";

const problems = [
  ...documents.flatMap((path) =>
    brokenLinks(path).map((link) => `${path} has a link to ${link}, which doesn't exist.`),
  ),
  ...documents.flatMap((path) => unsafeLines(path).map((line) => `${path} needs npx --no-install: ${line}`)),
  ...outdatedMessages().map(
    (line) => `TROUBLESHOOTING.md explains the message "${line}", which src no longer has.`,
  ),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
