import { it } from "@jest/globals";
import { CommunicationIdentityClient } from "acs-identity";
import * as testing from "acs-identity/testing";
import { http } from "msw";
import { setupServer } from "msw/node";
import cases from "./cases.cjs";

const tests = cases({ CommunicationIdentityClient, testing, http, setupServer });
for (const [name, run] of Object.entries(tests)) it(name, run);
