const names = ["fetchToken", "onToken", "onFailure"] as const;

/** @throws TypeError if an option isn't a function, or seems to be misspelt. Other members are ignored. */
export function checkOptions(options: Readonly<Partial<Record<(typeof names)[number], unknown>>>): void {
  for (const name of names) {
    const value = options?.[name];
    if (typeof value === "function") continue;
    // Mistakes at the end and capitals are the usual ones.
    const misspelt = Object.keys(Object(options)).find(
      (key) => key !== name && new RegExp(`^${name.slice(0, 5)}`, "i").test(key),
    );
    if (value || misspelt || name === "fetchToken") {
      throw new TypeError(misspelt ? `${misspelt}: did you mean ${name}?` : `${name} must be a function`);
    }
  }
}
