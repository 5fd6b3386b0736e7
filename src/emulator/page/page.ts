/** A file of the emulator's page. */
export interface PageFile {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** The file of the page at this path, or undefined when there is none. */
export function pageFile(path: string): Promise<PageFile | undefined> {
  return Promise.resolve(
    path === "/" ? { contentType: "text/html; charset=utf-8", body: placeholder } : undefined,
  );
}

const placeholder = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>acs-identity emulator</title>
<h1>acs-identity emulator</h1>
<p><a href="/_emulator/health">health</a></p>
</html>
`;
