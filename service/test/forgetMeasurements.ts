// Separate from measurements.ts, which the chaos run loads, too, without Vitest.
import { beforeEach } from "vitest";
import { measurements } from "./measurements.js";

beforeEach(() => void measurements.splice(0));
