#!/usr/bin/env node
// `acs-identity-emulator` is another name of `acs-identity emulator`.
import { run } from "./run.js";

void run(["emulator", ...process.argv.slice(2)]);
