/**
 * Returns long texts of what functions stumble over whose time is quadratic. Each ends with what doesn't match any more.
 *
 * @param length - In characters.
 */
export function makeLongTexts(length: number): string[] {
  return ["ey", "a=&", "=", "0", "/", '"\\', " ", "eyJ.", "%"].map(
    (piece) => `${piece.repeat(length / piece.length)}\n!`,
  );
}

/** Such texts of a megabyte. */
export const longTexts: readonly string[] = makeLongTexts(1_000_000);
