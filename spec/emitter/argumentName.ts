/** The words that can't name an argument in a module, and the arguments that each generated function already has. */
const taken = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for
  function if implements import in instanceof interface let new null package private protected public return static super
  switch this throw true try typeof var void while with yield arguments eval
  context body options`.split(/\s+/),
);

/** Tells whether an argument of a generated function can have this name. */
export const namesArgument = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name) && !taken.has(name);
