// Part of `npm run check`: finds links that lead nowhere, and documented messages that the code no longer has.
import { brokenLinks, documents, outdatedMessages } from "./documents.js";

const problems = [
  ...documents.flatMap((path) =>
    brokenLinks(path).map((link) => `${path} has a link to ${link}, which doesn't exist.`),
  ),
  ...outdatedMessages().map(
    (line) => `TROUBLESHOOTING.md explains the message "${line}", which src no longer has.`,
  ),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
