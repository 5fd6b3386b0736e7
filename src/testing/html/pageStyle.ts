/**
 * The look of every page that the fake and the emulator serve, including the emulator's own one, whose other styles are
 * CSS files. This is a text in a module, because the fake also runs in browsers and can't read files.
 */
export const baseStyle = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f7, #101317);
  --surface: light-dark(#fff, #181c22);
  --sunken: light-dark(#f7f8fa, #13171c);
  --line: light-dark(#dfe2e7, #2b313a);
  --line-strong: light-dark(#858d98, #6c7684);
  --text: light-dark(#1c2128, #e4e8ed);
  --muted: light-dark(#5c6672, #98a3b0);
  --accent: light-dark(#2158b8, #82b0ff);
  --on-accent: light-dark(#fff, #0b1a33);
  --good: light-dark(#1b7a47, #63c795);
  --warn: light-dark(#8a5a00, #e5b45a);
  --warn-ground: light-dark(#fdf3dc, #2e2614);
  --bad: light-dark(#b3261e, #ff8f86);
  --bad-ground: light-dark(#fdf1f0, #2d1b1b);
  --fresh: light-dark(#e8f0fd, #1c2a42);
}
* {
  box-sizing: border-box;
  margin: 0;
  padding: 0;
  overflow-wrap: anywhere;
  /* The direction of a text from outside ends with its element. */
  unicode-bidi: isolate;
}
body {
  background: var(--ground);
  color: var(--text);
  font: 14px / 1.5 system-ui, sans-serif;
}
ul, ol {
  list-style: none;
}
code, pre, textarea {
  font: 12.5px / 1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
pre {
  white-space: pre-wrap;
}
h1 {
  font-size: 17px;
}
h2 {
  font-size: 15px;
}
h3 {
  font-size: 14px;
}
h1, h2, h3, strong, legend {
  font-weight: 600;
}
a {
  color: var(--accent);
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}
`;

/** The style of the pages that a server renders: sign-in, refusals and help. It follows `baseStyle`. */
export const documentStyle: string = `${baseStyle}header {
  padding: 10px max(24px, 50% - 536px);
  border-bottom: 1px solid var(--line);
  background: var(--surface);
  font-size: 17px;
}
header a {
  display: inline-block;
  min-height: 24px;
  color: inherit;
  font-weight: 600;
  text-decoration: none;
}
header span {
  color: var(--muted);
  font-weight: 400;
}
main, footer {
  max-width: 460px;
  margin: 0 auto;
}
main {
  display: grid;
  gap: 12px;
  margin-top: min(10vh, 72px);
  padding: 20px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
}
main h1 {
  font-size: 20px;
  line-height: 1.3;
}
footer {
  padding: 16px 20px 32px;
  color: var(--muted);
  font-size: 12.5px;
}
small {
  display: block;
  color: var(--muted);
  font-size: 12.5px;
}
.choices {
  display: grid;
  gap: 8px;
}
.choices a {
  display: block;
  padding: 8px 12px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  color: inherit;
  font-weight: 600;
  text-decoration: none;
}
.choices small {
  font-weight: 400;
}
.choices a:hover {
  border-color: var(--accent);
  background: var(--fresh);
}
form {
  display: grid;
  gap: 6px;
  justify-items: start;
}
label {
  font-weight: 600;
}
input, button {
  min-height: 44px;
  padding: 6px 12px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--surface);
  color: inherit;
  font: inherit;
}
input {
  width: 100%;
  font-size: 17px;
  letter-spacing: 0.1em;
}
[aria-invalid="true"] {
  border-color: var(--bad);
}
button {
  margin-top: 6px;
  border-color: transparent;
  background: var(--accent);
  color: var(--on-accent);
  font-weight: 600;
  cursor: pointer;
}
.error {
  color: var(--bad);
}
.problem {
  display: grid;
  gap: 8px;
  padding: 10px 14px;
  border-left: 3px solid var(--bad);
  border-radius: 2px 6px 6px 2px;
  background: var(--bad-ground);
}
@media (pointer: coarse) {
  footer a {
    display: inline-block;
    padding-block: 13px;
  }
}
@media (width < 640px) {
  header {
    padding-inline: 12px;
  }
  main {
    margin: 12px;
    padding: 16px;
  }
}
`;
