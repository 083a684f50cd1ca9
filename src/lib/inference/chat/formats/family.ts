import type { ThoughtMarks } from "../../openai/thoughts.js";
import type { CallStyle, ChatFormat } from "./format.js";

/** The formats follow the models' chat templates, as llama.cpp collects them in models/templates. */
export interface Family {
  name: string;
  /** The models it is of, for documents. */
  models: string;
  /** Whether a template is one of this family's. */
  matches: (template: string) => boolean;
  calls: CallStyle;
  layout?: ChatFormat["layout"];
  wrappers?: readonly string[];
  answerOpen?: string;
  callEndsThought?: boolean;
  ids?: ChatFormat["ids"];
  thoughts?: readonly ThoughtMarks[];
}

/** All of these texts stand in the template. */
export function has(...texts: readonly string[]): Family["matches"] {
  return (template) => texts.every((text) => template.includes(text));
}
