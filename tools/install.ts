import { toolsOf } from "../test/package/tools.js";

// `npm run tools` installs what package.json beside this file names, unless that has been done.
await toolsOf(new URL("./", import.meta.url));
