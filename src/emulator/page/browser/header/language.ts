import { recall, remember } from "../memory.js";
import { Signal } from "../signal.js";
import { type Language, languages } from "./shellText.js";

/** The language of the reader's program, which the page remembers. */
export const language: Signal<Language> = new Signal(
  languages.find((each) => each === recall("language")) ?? "JavaScript",
);

language.watch(() => remember("language", language.value));
