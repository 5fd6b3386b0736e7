// Checks that imports go one way between the rooms of the fake and of the emulator, in the order of their READMEs.
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it.each(["src/testing", "src/emulator"])("imports between the rooms of %s go one way", (folder) => {
  const readme = readFileSync(`${folder}/README.md`, "utf8");
  const rooms = [...readme.matchAll(/^\| `(\w+)` \|/gm)].map(([, room]) => room);
  const entries = readdirSync(folder, { withFileTypes: true });
  expect(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual([...rooms].sort());

  const upwards = rooms.flatMap((room, place) => {
    const files = readdirSync(`${folder}/${room}`, { recursive: true, encoding: "utf8" });
    return files
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) => {
        const path = `${folder}/${room}/${file}`;
        const imports = readFileSync(path, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g);
        return [...imports].map(([, target = ""]) => ({
          path,
          to: new URL(target, `file:///${path}`).pathname,
        }));
      })
      .filter(({ to }) => to.startsWith(`/${folder}/`))
      .filter(({ to }) => !rooms.slice(place).some((allowed) => to.startsWith(`/${folder}/${allowed}/`)));
  });
  expect(upwards).toEqual([]);
});
