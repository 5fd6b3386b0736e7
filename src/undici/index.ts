export { createUndiciHttpClient, type UndiciHttpClientOptions } from "./undiciHttpClient.js";
