// `npm run test:windows` runs these tests on Node for Windows.
import { globSync, readFileSync } from "node:fs";
