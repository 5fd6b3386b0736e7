/**
 * Measures memory per user and per token with 100 000 users and 1 000 000 tokens, and what is left when all tokens
 * have expired: `npx tsx --expose-gc test/emulator/memory.measure.ts` (tsx passes the flag to Node).
 */
import { createServiceCore } from "../../src/testing/serviceCore.js";
import { addUser } from "../../src/testing/users.js";

const USERS = 100_000;
const TOKENS = 1_000_000;

function used(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

if (!globalThis.gc) throw new Error("Start with --expose-gc");
const core = createServiceCore({ now: "2026-03-01T12:00:00Z" });
const empty = used();
const { store, clock } = core;
for (let count = 0; count < USERS; count++) {
  store.changeSoon((draft) => addUser(core, draft, clock.time, {}));
}
const withUsers = used();
const lives = [120, 240, 1440];
for (let count = 0; count < TOKENS; count++) {
  const issuedAt = Math.floor(core.clock.time / 1000);
  const expiresAt = issuedAt + (lives[count % lives.length] ?? 60) * 60;
  const token = {
    token: core.state.nextToken,
    user: (count % USERS) + 1,
    // Creates a new string each time, as each request does.
    scopes: ["chat", "voip"].join(","),
    issuedAt,
    expiresAt,
  };
  store.changeSoon((draft) => draft.add({ type: "tokenIssued", ...token }));
  // Spreads the issue times over an hour.
  if (count % 1000 === 0) core.clock.advance({ seconds: 3.6 });
}
const withTokens = used();
// Tokens are dropped by the machine's clock, because the service's clock may be set back.
const realNow = Date.now;
Date.now = () => realNow() + 25 * 3_600_000;
core.clock.advance({ hours: 25 });
const left = [...core.state.tokens(core.clock.time)].length;
const afterwards = used();
console.log({
  bytesPerUser: Math.round((withUsers - empty) / USERS),
  bytesPerToken: Math.round(((withTokens - withUsers) / TOKENS) * 10) / 10,
  mebibytes: Math.round((withTokens - empty) / 2 ** 20),
  leftAfter25Hours: left,
  bytesOfTokensThen: afterwards - withUsers,
});
