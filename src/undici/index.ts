export type { UndiciHttpClientOptions } from "./options.js";
export { createUndiciHttpClient } from "./undiciHttpClient.js";
