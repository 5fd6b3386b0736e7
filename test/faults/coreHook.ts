// Preloaded by a process that runs on other core packages than those of the lockfile: lets imports of them end there.
import module from "node:module";
import { coreFolder } from "./platform.js";

interface Context {
  readonly parentURL?: string;
}
type Resolve = (specifier: string, context: Context) => unknown;

/** Of Node 22.15 and later, for `import` and `require` alike; the types are those of Node 20. */
const { registerHooks } = module as unknown as {
  registerHooks(hooks: { resolve(specifier: string, context: Context, next: Resolve): unknown }): void;
};

const folder = coreFolder() ?? "";

registerHooks({
  resolve(specifier, context, next) {
    const isInside = context.parentURL?.startsWith(folder) ?? false;
    const parentURL = `${folder}package.json`;
    return next(
      specifier,
      specifier.startsWith("@azure/") && !isInside ? { ...context, parentURL } : context,
    );
  },
});
