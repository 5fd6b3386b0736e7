import { symlink } from "node:fs/promises";
import { requireTools } from "../test/helpers/tools.js";

// `npm run tools` installs what package.json beside this file names, unless that has been done.
const here = new URL("./", import.meta.url);
await requireTools(here);
// The compiler looks for TypeSpec's libraries above the files of `spec`.
await symlink("../tools/node_modules", new URL("../spec/node_modules", here), "junction").catch((error) => {
  if (error.code !== "EEXIST") throw error;
});
