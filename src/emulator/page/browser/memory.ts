// What the page remembers between visits. A browser that blocks cookies has no storage, either.

export function recall(name: string): string {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It is remembered until the next visit alone.
  }
}
