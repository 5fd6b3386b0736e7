// What the page's JSX becomes calls of. They take less room than those of the automatic runtime.
export { Fragment, h } from "preact";
