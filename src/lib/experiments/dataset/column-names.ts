/** What a column can mean. */
export const ROLES = ["id", "question", "answer", "topic", "messages", "system", "choices"] as const;
export type Role = (typeof ROLES)[number];

/** The usual names of columns, those that count first in front; case, spaces, dashes and underscores do not matter. */
export const USUAL_NAMES: Readonly<Record<Role, readonly string[]>> = {
  id: ["id", "sample_id", "question_id", "example_id", "row_id", "uuid"],
  question: [
    "question",
    "input",
    "prompt",
    "query",
    "instruction",
    "problem",
    "user",
    "user_input",
    "user_message",
    "question_text",
    "question_stem",
    "ctx",
  ],
  answer: [
    ...["answer", "reference", "reference_answer", "expected", "expected_output", "expected_answer", "ideal", "target", "gold"],
    ...["gold_answer", "golden_answer", "ground_truth", "correct_answer", "correct_answers", "best_answer", "answers", "solution", "label"],
    ...["answer_key", "answer_index", "answer_idx", "correct_index", "gold_index"], // of a choice
    ...["output", "completion"], // may be a model's answers where another column is the reference
  ],
  topic: ["topic", "category"],
  messages: ["messages", "conversations", "conversation", "chat"],
  system: ["system", "system_prompt", "system_message"],
  choices: ["choices", "options", "endings", "mc1_targets", "mc2_targets"],
};

/** Columns other tools score or ask by: nothing here reads them by themselves. */
const FOREIGN =
  /^(?:_*assert(?:s|ions?)?|_*expected\d*|pattern|regexp?|rubrics?|criteria|criterion|graders?|metrics?|tools|functions|choices|options|endings|mc\d_targets|incorrect_?answers?|images?|audio|vars)$/;
/** Columns with what a question is about: it cannot be answered without them. */
const MATERIAL =
  /^(?:context|contexts|passage|passages|article|document|documents|paragraph|story|premise|hypothesis|support|evidence|background)$/;

/** A name as it is compared with others. */
export function canonicalName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, "");
}

const CANONICAL = Object.fromEntries(ROLES.map((role) => [role, USUAL_NAMES[role].map(canonicalName)])) as Record<Role, string[]>;

/** The columns that can have a role, best first. */
export function candidatesOf(role: Role, columns: readonly string[], usual = CANONICAL[role]): string[] {
  const ranked = columns
    .map((column) => ({ column, rank: column.startsWith("__") ? -1 : usual.indexOf(canonicalName(column)) })) // __expected holds assertions
    .filter(({ rank }) => rank >= 0);
  return ranked.sort((a, b) => a.rank - b.rank || Number(b.column === role) - Number(a.column === role)).map(({ column }) => column);
}

/** True for a usual name of a question, an answer, a conversation or an id. */
export function isKnownColumn(name: string): boolean {
  return (["id", "question", "answer", "messages"] as const).some((role) => CANONICAL[role].includes(canonicalName(name)));
}

/** True for a column other tools score or ask by, or with what a question is about. */
export function isForeign(column: string): boolean {
  const name = column.trim().toLowerCase();
  return column.startsWith("__") || FOREIGN.test(name) || MATERIAL.test(name);
}
