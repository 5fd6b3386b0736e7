/** A change that could not be saved. It isn't in effect. The message names the file and the reason. */
export class NotSavedError extends Error {
  override readonly name = "NotSavedError";
}
