import type { ReactNode } from "react";

// biome-ignore lint/style/noDefaultExport: this is how Next.js finds it.
export default function Layout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
