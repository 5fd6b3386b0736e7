/** Imported for its effect: reads `.env` of the current folder, if there is one. Variables that are set take precedence. */
import { existsSync } from "node:fs";
import { loadEnvFile } from "node:process";

if (existsSync(".env")) loadEnvFile(".env");
