import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../helpers/packed.js";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const policy = read("SECURITY.md");

/** What fails if a promise isn't kept: the beginning of its sentence, the file and, if the sentence is absolute, the title. */
const held: readonly (readonly string[])[] = `
A request is signed with the key | test/unit/pipeline/accessKeyPolicy.keyRotation.test.ts | signs each request entirely with either the old or the new one
No error shows a key | test/load/trust/misuse.fuzz.test.ts | a secret in wrong input never appears in an error
No error shows a key | test/load/trust/secrets.fuzz.test.ts | can't get a secret into an error, a log or a span
No error shows a key | test/load/trust/secretsOnTheWire.test.ts | reveals no secret
No error shows a key | test/unitAlone/trust/secretOptions.test.ts | a failed call doesn't reveal
Nothing is logged until | test/unit/pipeline/logPolicy.test.ts | are optional: the library's own logger writes each attempt when it is enabled
Logs and traces have no bodies | test/unit/pipeline/logPolicy.test.ts | shows its duration, and only harmless headers unredacted
Logs and traces have no bodies | test/unit/pipeline/logPolicy.test.ts | never show a secret
Logs and traces have no bodies | test/unitAlone/pipeline/tracingPolicy.test.ts | with the ids in its URL redacted, unless logUserIds is set
An Entra ID token goes over it only | test/unit/pipeline/bearerTokenPolicy.test.ts | is rejected by the constructor for any other host, with or without allowInsecureConnection
An Entra ID token goes over it only | test/unit/pipeline/bearerTokenPolicy.test.ts | isn't sent to another host even when a policy rewrites the URL
No option, except for code of yours | test/unit/client/clientArguments.fuzz.test.ts | is rejected with a TypeError, or requests go only to its origin
No option, except for code of yours | test/unit/client/clientArguments.test.ts | isn't read from the options
No redirect is followed | test/unit/pipeline/redirects.test.ts | with %i to another origin sends nothing there
Over https, a response counts only | test/faults/rows/proxies.test.ts | id: "X22"
No server can make the client read | test/faults/rows/brokenBodies.test.ts | id: "T78"
No server can make the client read | test/unit/shared/readBytes.test.ts | keeps none of the chunks
No server can make the client read | test/load/trust/largeErrors.test.ts | fit into a heap of 256 MiB
No server can make the client read | test/unit/pipeline/redact.test.ts | describe("a megabyte of text"
No server can make the client read | test/unit/operation/response.results.test.ts | name the invalid member of a response
A call that has ended sends nothing | test/load/trust/concurrency.test.ts | end as planned and leave nothing behind
No mix of responses makes a call | test/unit/pipeline/bearerTokenPolicy.test.ts | answers only one challenge of a call, even if each
No mix of responses makes a call | test/unit/pipeline/clockCorrection.test.ts | no second attempt is made after
Only a 401 can correct the clock | test/unit/pipeline/clockCorrection.test.ts | a success with another Date doesn't change the time of the next request
No text from outside keeps | test/load/trust/longTexts.test.ts | reads a response of long texts to a request with %s
No text from outside keeps | test/load/trust/longRequests.test.ts | answers a request with %s of %i characters
No text in an option can add | test/load/pipeline/hostileHeaders.fuzz.test.ts | can't be injected through %s
No request ends it or hides | test/load/emulator/requests.fuzz.test.ts | random requests without a 500 or an uncaught error
No request ends it or hides | test/unit/emulator/server/server.smuggledRequests.test.ts | the emulator executes the request that the tests below smuggle
Long bodies are bounded | test/unit/emulator/server/writeResponse.test.ts | is closed if its client takes nothing of a response for 30 seconds
A snapshot that is refused changes nothing | test/unit/emulator/admin/snapshot.test.ts | PUT /snapshot
The certificate of \`--https\` | test/unit/emulator/certificate/machineCertificate.test.ts | doesn't make anyone trust what its key signs
Printing, inspecting, cloning | test/unit/azureKeyCredential.test.ts
An Entra ID token stays in memory | test/unit/pipeline/bearerTokenPolicy.renewal.test.ts
A call ends by its signal | test/load/trust/processEnd.test.ts
A user id is one encoded segment | test/unitAlone/operation/request.fuzz.test.ts
A connection string of more than | test/unit/connectionString.fuzz.test.ts
Workflows pin actions | test/check/workflows.test.ts
With a \`--host\` for other machines | test/unit/emulator/hostGuards.test.ts | that no public name server knows is accepted if --host is for other machines: %s
Only its owner can read | test/unit/emulator/data/dataFile.test.ts | is replaced by one of its own that only it can read
Names in \`--host\` | test/unit/emulator/certificate/machineCertificate.test.ts | has a certificate for %s, which the usual one is never for
Its log and \`requests\` leave out | test/unit/testing/log/requestLog.test.ts
None has an install script | test/programs/supplyChain.test.ts | runs no scripts when it is installed
None has an install script | test/container/container.test.ts | contains the same bytes as a package that is built
`
  .trim()
  .split("\n")
  .map((line) => line.split(" | "));

const beginsWith =
  (sentence: string) =>
  ([beginning = ""]: readonly string[]) =>
    sentence.startsWith(beginning);

it("SECURITY.md has a test for each promise with an absolute word", () => {
  const promises = policy
    .slice(policy.indexOf("**Secrets**"))
    .replace(/^## What it doesn't promise$[\s\S]*?^(?=## )/m, "");
  const sentences = promises.split(/\n\n|\n(?=- )/).flatMap((paragraph) =>
    paragraph
      .replace(/^- /, "")
      .replace(/\s+/g, " ")
      .split(/(?<=[.)]) (?=[A-Z`])/),
  );
  const absolute = sentences.filter((sentence) =>
    /\b(?:no|never|any|every|only|none|nobody|nothing|always)\b/i.test(sentence),
  );
  expect(absolute.filter((sentence) => !held.some(beginsWith(sentence)))).toEqual([]);
  expect(held.filter((row) => !sentences.some((sentence) => beginsWith(sentence)(row)))).toEqual([]);
  for (const [beginning, path = "", title = ""] of held) expect(read(path), beginning).toContain(title);
});
