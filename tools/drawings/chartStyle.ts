import { baseStyle } from "../../src/testing/html/pageStyle.js";

/** The colors of the emulator's page, for charts that have no other program to draw them. */
const colors = [...baseStyle.matchAll(/(--[\w-]+): light-dark\(([^,]+), ([^)]+)\)/g)];

const declarations = (index: 2 | 3) => colors.map((match) => `${match[1]}:${match[index]}`).join(";");

/** The style of a chart, light and dark, with a ground of its own. */
export const chartStyle: string = `<style>
:root{${declarations(2)}}
@media (prefers-color-scheme: dark){:root{${declarations(3)}}}
text{font:15px system-ui,sans-serif;fill:var(--text)}
.title{font-weight:600}
.muted{fill:var(--muted);font-size:14px}
.end{text-anchor:end}
.middle{text-anchor:middle}
.ground{fill:var(--surface)}
.line{stroke:var(--line-strong);stroke-width:1}
.grid{stroke:var(--line);stroke-width:1}
.token{fill:var(--accent);opacity:.35}
.span{fill:var(--fresh);stroke:var(--accent)}
.bar{fill:var(--accent)}
.other{fill:var(--line-strong)}
.good{fill:var(--accent)}
.bad{stroke:var(--bad);stroke-width:2.5}
</style>`;
