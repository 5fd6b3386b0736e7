import { existsSync } from "node:fs";
import { loadEnvFile } from "node:process";

/** Reads `.env` of the current folder, if there is one. Variables that are set take precedence. */
export function loadDotEnv(): void {
  if (existsSync(".env")) loadEnvFile(".env");
}
