/**
 * Copies members of a bag of options to an object without a prototype. One that is found only on `Object.prototype` comes from
 * a polluted prototype and not from the caller, whose bag may be a class instance or `Object.create(defaults)`. Null counts as
 * omitted.
 */
export function membersOf<Bag extends object, Name extends keyof Bag>(
  bag: Bag | null | undefined,
  ...names: readonly Name[]
): { [Member in Name]-?: Exclude<Bag[Member], null> | undefined } {
  const members = Object.create(null);
  for (const name of names) if (bag != null && hasMember(bag, name)) members[name] = bag[name] ?? undefined;
  return members;
}

/** Tells whether an object or a prototype of it, other than `Object.prototype`, has a member. */
function hasMember(bag: object, name: PropertyKey): boolean {
  if (Object.hasOwn(bag, name)) return true;
  const prototype: object | null = Object.getPrototypeOf(bag);
  return prototype !== null && prototype !== Object.prototype && hasMember(prototype, name);
}
