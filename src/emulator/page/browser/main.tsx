import { render } from "preact";
import { App } from "./app.js";

const root = document.getElementById("page");
if (!root) throw new Error("The document has no element for the page");
render(<App />, root);
