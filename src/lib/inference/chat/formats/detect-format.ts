import { THOUGHT_MARKS, type ThoughtMarks } from "../../openai/thoughts.js";
import { GENERIC_CALLS } from "./families-json.js";
import { FAMILIES } from "./families.js";
import type { Family } from "./family.js";
import type { ChatFormat } from "./format.js";

/** A model with a template that leads its thoughts in with a sentence (Apriel 1.6). */
const STEPS: ThoughtMarks = { open: "Here are my reasoning steps:\n", close: "[BEGIN FINAL RESPONSE]" };

/**
 * How a model writes thoughts and tool calls, by its chat template. What no family is known of is asked for calls in JSON (`generic`).
 */
export function detectFormat(template = ""): ChatFormat {
  const family = FAMILIES.find(({ matches }) => matches(template));
  return { ...formatOf(family), thoughts: family?.thoughts ?? thoughtsOf(template) };
}

const NO_FAMILY: Omit<ChatFormat, "name" | "calls"> = {
  thoughts: [],
  layout: "marks",
  wrappers: [],
  answerOpen: "",
  callEndsThought: false,
  ids: "call",
  isGeneric: true,
};

/** The format of a family, whatever a template adds; of none, JSON that is asked for. */
export function formatOf(family: Family | undefined): ChatFormat {
  if (!family) return { ...NO_FAMILY, name: "generic", calls: GENERIC_CALLS };
  const own = Object.fromEntries(Object.entries(family).filter(([key]) => key !== "matches" && key !== "models"));
  return { ...NO_FAMILY, isGeneric: false, ...(own as Omit<Family, "matches" | "models">) };
}

function thoughtsOf(template: string): readonly ThoughtMarks[] {
  if (template.includes(STEPS.close)) return [STEPS];
  return THOUGHT_MARKS.filter(({ open, close }) => template.includes(open) || template.includes(close));
}
