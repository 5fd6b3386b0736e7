import { test } from "node:test";
import { check } from "./app.ts";

test("the component shows when the token of the handler expires", check);
