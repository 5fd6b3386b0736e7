export { explainUnreachableByFetch as explainUnreachable } from "./unreachableByFetch.js";
