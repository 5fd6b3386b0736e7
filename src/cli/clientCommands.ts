// The commands that need the client are one module, so that the build bundles them into one file.
export { doctor } from "./doctor/doctorCommand.js";
export { inspect } from "./inspect.js";
export { explainRestError } from "./restError.js";
export { issue, revoke } from "./token.js";
export { create, remove } from "./user.js";
