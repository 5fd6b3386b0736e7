// React Native up to 0.86 has abort-controller 3 as its global, without `reason` and `throwIfAborted`.

import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTokenRefresher } from "../../src/refresher/index.js";
import { installation } from "../helpers/packed.js";
import { refresherTests } from "../unit/refresher/cases/refresherTests.js";

const { folder } = await installation(fileURLToPath(new URL(".", import.meta.url)));
const polyfill = createRequire(join(folder, "package.json"))("abort-controller") as {
  AbortController: typeof AbortController;
  AbortSignal: typeof AbortSignal;
};
globalThis.AbortController = polyfill.AbortController;
globalThis.AbortSignal = polyfill.AbortSignal;

refresherTests(createTokenRefresher);
