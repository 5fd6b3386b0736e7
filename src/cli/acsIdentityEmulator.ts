#!/usr/bin/env node
// `acs-identity-emulator` is an alias of `acs-identity emulator`.
import { run } from "./run.js";

void run(["emulator", ...process.argv.slice(2)]);
