// Mounts the component of docs/refresher.md, with a token endpoint that the test answers. The test makes `call.tsx` and
// `credential24.ts` of blocks of that page.

import { createTokenRefresher } from "acs-identity/refresher";
import { AzureCommunicationTokenCredential } from "communication-common-2.5";
import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { Call } from "./call.js";
import { createCredential24 } from "./credential24.js";

interface Request {
  readonly signal: AbortSignal;
  answer(token: string): void;
}

const requests: Request[] = [];
globalThis.fetch = (_, init) =>
  new Promise((resolve, reject) => {
    const { signal } = init as { signal: AbortSignal };
    signal.addEventListener("abort", () => reject(signal.reason));
    requests.push({
      signal,
      answer: (token) => resolve(Response.json({ token, expiresInSeconds: 3600 })),
    });
  });

let root: Root | undefined;
const page = {
  requests,
  mount(userId: string): void {
    root ??= createRoot(document.body);
    root.render(
      <StrictMode>
        <Call userId={userId} />
      </StrictMode>,
    );
  },
  unmount: () => root?.unmount(),
  /** Returns the token that each version of the credential takes from a refresher. */
  async credentials(token: string): Promise<string[]> {
    const refresher = createTokenRefresher({ fetchToken: async () => ({ token, expiresInSeconds: 3600 }) });
    const credentials = [
      createCredential24(refresher),
      new AzureCommunicationTokenCredential({
        tokenRefresher: refresher.tokenRefresher,
        refreshProactively: true,
      }),
    ];
    const tokens = await Promise.all(
      credentials.map(async (credential) => (await credential.getToken()).token),
    );
    for (const credential of credentials) credential.dispose();
    refresher.stop();
    return tokens;
  },
};
declare global {
  var testPage: typeof page;
}
globalThis.testPage = page;
