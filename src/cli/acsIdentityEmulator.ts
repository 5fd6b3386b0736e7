#!/usr/bin/env node
// `acs-identity-emulator` is an alias of `acs-identity emulator`.
import { runCommand } from "./runCommand.js";

void runCommand(["emulator", ...process.argv.slice(2)]);
