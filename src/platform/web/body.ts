// Fetch has already decompressed the body.
export { readStream as readBody } from "../../pipeline/bodyStream.js";
