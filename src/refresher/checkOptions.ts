const names = ["fetchToken", "initialToken", "onToken", "onFailure"];

/** @throws TypeError if an option isn't known, or isn't a function where it must be one. */
export function checkOptions(options: object): void {
  const given = Object(options);
  for (const name of ["fetchToken", ...Object.keys(given)]) {
    const value = given[name];
    if (!names.includes(name)) throw new TypeError(`${name}: use ${names}`);
    if (typeof value !== "function" && (value ? name !== "initialToken" : name === "fetchToken")) {
      throw new TypeError(`${name} must be a function`);
    }
  }
}
