// The rules of others, as their documentation has them. LINTER says whose.
import angular from "@angular-eslint/eslint-plugin";
import js from "@eslint/js";
import { tanstackConfig } from "@tanstack/eslint-config";
import typescript from "typescript-eslint";

const own = {
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
};

/** What angular-eslint recommends for TypeScript. Its package with that configuration brings Angular's own tools along. */
const angularRecommended = {
  plugins: { "@angular-eslint": angular },
  rules: Object.fromEntries(
    Object.entries(angular.rules)
      .filter(([, rule]) => rule.meta.docs.recommended)
      .map(([name]) => [`@angular-eslint/${name}`, "error"]),
  ),
};

const configurations = {
  ESLint: [
    js.configs.recommended,
    {
      languageOptions: {
        globals: { console: false, module: false, process: false, require: false, Response: false },
      },
    },
  ],
  "typescript-eslint": [
    js.configs.recommended,
    ...typescript.configs.strictTypeChecked,
    ...typescript.configs.stylisticTypeChecked,
    own,
  ],
  Angular: [
    js.configs.recommended,
    ...typescript.configs.recommended,
    ...typescript.configs.stylistic,
    angularRecommended,
  ],
  TanStack: tanstackConfig,
  // What the starter of NestJS 11 has, but for Prettier, which formats by itself. That of NestJS 12 is in test/starters.
  NestJS: [js.configs.recommended, ...typescript.configs.recommendedTypeChecked, own],
};

export default configurations[process.env.LINTER];
