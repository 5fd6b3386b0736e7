/**
 * Returns a URL, or undefined if the text isn't one. The error that `new URL` throws contains its input, which may be a secret.
 *
 * `URL.canParse` of Node.js 20 and 22 returns false for hosts that aren't ASCII once V8 has optimized it, after a few thousand
 * calls (AikidoSec/firewall-node#1086; Node.js 24 is right). Without these versions, `URL.parse` can replace this.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
