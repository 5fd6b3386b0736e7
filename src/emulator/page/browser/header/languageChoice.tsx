import type { JSX } from "preact";
import { useSignal } from "../signal.js";
import { language } from "./language.js";
import { languages } from "./shellText.js";

export function LanguageChoice({ label, class: kind }: { label: string; class: string }): JSX.Element {
  return (
    <select
      class={kind}
      aria-label={label}
      value={useSignal(language)}
      onChange={({ currentTarget: { selectedIndex } }) => {
        language.value = languages[selectedIndex] ?? "JavaScript";
      }}
    >
      {languages.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}
