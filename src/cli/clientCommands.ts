// The commands that need the client, as one module, so that the build makes one file of them.
export { doctor } from "./doctor/run.js";
export { inspect } from "./inspect.js";
export { issue, revoke } from "./token.js";
export { create, remove } from "./user.js";
