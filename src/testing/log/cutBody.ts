// Cuts secrets out of the texts of bodies, and leaves the rest as it was received.
import { cutSecrets, isCutMember, isSecretParameter, type KnownTexts, namesIn } from "./cutSecrets.js";

/** Cuts secrets out of a JSON text. Its blanks, its escapes and the order of its members stay. */
export function cutJson(text: string, known: KnownTexts): string {
  const tokens = text.match(/\s+|"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];
  let next = 0;

  const cutString = (token: string) => {
    const meant: string = JSON.parse(token);
    const rest = cutSecrets(meant, known);
    return rest === meant ? token : JSON.stringify(rest);
  };

  /** Reads up to the end of an object or an array. */
  const readMembers = (isObject: boolean, isSecret: RegExp): string => {
    let read = "";
    let name: string | undefined;
    while (next < tokens.length) {
      const token = tokens[next++] ?? "";
      const isName = isObject && name === undefined && token.startsWith('"');
      if (token === "}" || token === "]") return read + token;
      if (token === "{" || token === "[") {
        const inside = readMembers(token === "{", name === undefined ? isSecret : namesIn(name));
        read += name !== undefined && isCutMember(name, isSecret) ? '"<cut>"' : token + inside;
      } else if (isName) {
        name = JSON.parse(token) as string;
        read += cutString(token);
      } else if (/^[\s:,]/.test(token)) {
        if (token === ",") name = undefined;
        read += token;
      } else if (name !== undefined && isCutMember(name, isSecret)) read += '"<cut>"';
      else read += token.startsWith('"') ? cutString(token) : token;
    }
    return read;
  };
  return readMembers(false, namesIn("body"));
}

/** Cuts secrets out of a form. The order of its parts and how they are encoded stay. */
export function cutForm(text: string, known: KnownTexts): string {
  return text
    .split("&")
    .map((part) => {
      const [[name = "", value = ""] = []] = new URLSearchParams(part);
      const [rawName = "", ...rawValue] = part.split("=");
      const safeName = cutSecrets(name, known);
      const safeValue = isSecretParameter.test(name) ? "<cut>" : cutSecrets(value, known);
      return [safeName === name ? rawName : safeName, ...(safeValue === value ? rawValue : [safeValue])].join(
        "=",
      );
    })
    .join("&");
}
