import { check } from "./app";

test("the component shows when the token of the handler expires", check);
