/** The service in production: `npm start`. Every setting comes from the environment; settings.md lists them. */
import "./signals.js";
import { loadDotEnv } from "./dotEnv.js";
import { runService } from "./run.js";
import { startService } from "./service.js";
import { readSettings } from "./settings.js";

loadDotEnv();
await runService(async () => startService(readSettings(process.env)));
