const lengthInCharacters = 1_000_000;

/** Megabytes of what functions stumble over whose time is quadratic. Each ends with what doesn't match any more. */
export const longTexts: readonly string[] = ["ey", "a=&", "=", "0", "/", '"\\', " ", "eyJ.", "%"].map(
  (piece) => `${piece.repeat(lengthInCharacters / piece.length)}\n!`,
);
