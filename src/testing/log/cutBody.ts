// Cuts secrets out of the texts of bodies, and leaves the rest as it was received.
import { cutParameter, cutText, isSecretMember, type PublicTokens } from "./cutSecrets.js";

/** Cuts secrets out of a JSON text. Its blanks, its escapes and the order of its members stay. */
export function cutJson(text: string, known: PublicTokens): string {
  const tokens = text.match(/\s+|"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];
  let next = 0;

  const cutString = (token: string) => {
    const rest = cutText(JSON.parse(token), known);
    const raw = `"${cutText(token.slice(1, -1), known)}"`;
    // An escape may hide what would be cut.
    return parsed(raw) === rest ? raw : JSON.stringify(rest);
  };

  const readMembers = (isObject: boolean): string => {
    let read = "";
    let name: string | undefined;
    while (next < tokens.length) {
      const token = tokens[next++] ?? "";
      const isName = isObject && name === undefined && token.startsWith('"');
      if (token === "}" || token === "]") return read + token;
      if (token === "{" || token === "[") {
        const inside = readMembers(token === "{");
        // A response has an `accessToken` with the token and its expiry.
        const isCut = isSecret(name) && !(name === "accessToken" && token === "{");
        read += isCut ? '"<cut>"' : token + inside;
      } else if (isName) {
        name = JSON.parse(token) as string;
        read += cutString(token);
      } else if (/^[\s:,]/.test(token)) {
        if (token === ",") name = undefined;
        read += token;
      } else if (isSecret(name) && !known.has(token.slice(1, -1))) read += '"<cut>"';
      else read += token.startsWith('"') ? cutString(token) : token;
    }
    return read;
  };
  return readMembers(false);
}

/** Cuts secrets out of a form. The order of its parts and how they are encoded stay. */
export function cutForm(text: string, known: PublicTokens): string {
  return text
    .split("&")
    .map((part) => cutText(cutParameter(part, known), known))
    .join("&");
}

function isSecret(name: string | undefined): boolean {
  return name !== undefined && isSecretMember.test(name);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
