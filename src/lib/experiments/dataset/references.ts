import { ChoiceReader } from "./choice-reader.js";
import { yesOrNo, type Choices } from "./choices.js";
import { canonicalName } from "./column-names.js";
import type { Columns, Fields } from "./columns.js";
import { finalPart } from "./final-part.js";
import { invalidDataset } from "./invalid-dataset.js";
import type { Row } from "./read-rows.js";

/** Columns whose numbers stand for classes. */
const CLASS_COLUMNS = new Set(["label", "labels", "gold", "target"]);
const CHOICE_COLUMNS = new Set(["answerkey", "answerindex", "answeridx", "correctindex", "goldindex"]);
/** Columns whose texts are promptfoo's assertions. */
const ASSERTION =
  /^(?:not-)?(?:equals|i?contains(?:-all|-any)?|starts-with|regex|is-json|javascript|fn|eval|python|similar|grade|llm-rubric|factuality|file):/;

/** A reference with its working: its result ends its last line behind ####, or stands in \boxed{}. */
const RESULT = /(?:^|\s)####[^\n#]+\s*$|\\boxed\s*\{/;

/** What a row's references are, and what it offers to choose from. */
export interface References {
  answers: string[];
  choices?: Choices;
}

/**
 * Understands references that are not simply the text of a right answer: numbers and letters of choices, true and false, solutions that
 * end in #### 42 or in \\boxed{42}.
 */
export class ReferenceReader {
  private readonly columns: Columns;
  private readonly choices: ChoiceReader;
  private readonly asWritten: boolean;
  /** How often references were shortened to their results, and which mark stood there. */
  private readonly results = new Map<string, number>();
  private truths = 0;
  private rows = 0;
  /** Class numbers seen first; undefined once a reference was none. */
  private classes: Set<string> | undefined = new Set();

  /** `asWritten`: the same columns may hold answers to be graded, which nobody shortens. */
  constructor(columns: Columns, asWritten: boolean) {
    this.columns = columns;
    this.asWritten = asWritten;
    this.choices = new ChoiceReader(columns);
  }

  /** Decides by the first rows. Throws DATASET_INVALID. */
  settle(rows: readonly Row[]): void {
    this.choices.settle(rows);
  }

  /** Throws DATASET_INVALID for a reference that is none of the row's choices, and for an assertion of another tool. */
  read(row: Row, answers: string[]): References {
    this.rows++;
    const choices = this.choices.read(row);
    if (!choices && this.asWritten) return { answers };
    if (choices) return { answers: choices.right.map((place) => choices.options[place]?.text ?? ""), choices };
    this.noteClass(answers);
    const truth = this.truthOf(row, answers);
    if (truth !== undefined) return { answers, choices: yesOrNo(truth) };
    this.refuseAssertions(row, answers);
    return { answers: this.resultsOf(answers) };
  }

  /** Columns that choices come from. */
  choiceColumns(): string[] {
    return this.columns.names.filter((name) => this.choices.uses(name));
  }

  /** How references were understood, one sentence each. */
  notes(): string[] {
    const answer = this.columns.of("answer") ?? "answer";
    const notes = this.choices.notes();
    for (const [mark, times] of this.results) notes.push(`References: of "${answer}" what ${mark} counts${this.shareOf(times)}.`);
    if (this.truths > 0)
      notes.push(`References: "${answer}" is true or false${this.shareOf(this.truths)}; yes and no are as good in an answer.`);
    return [...notes, ...this.classNote(answer)];
  }

  private truthOf(row: Row, answers: readonly string[]): boolean | undefined {
    const value = this.columns.read(row.value as Fields, "answer");
    const isTruth = typeof value === "boolean" || (row.isTable && /^(?:true|false)$/i.test(String(value)));
    if (!isTruth || answers.length !== 1) return undefined;
    this.truths++;
    return answers[0]?.toLowerCase() === "true";
  }

  /** References without the working before their results; counts rows, not references. */
  private resultsOf(answers: readonly string[]): string[] {
    const marks = new Set<string>();
    const results = answers.map((answer) => {
      const result = RESULT.test(answer) ? finalPart(answer)?.trim() : undefined;
      if (result === undefined || result === "" || result === answer.trim()) return answer;
      marks.add(answer.includes("\\boxed") ? "stands in \\boxed{}" : "follows ####");
      return result;
    });
    for (const mark of marks) this.results.set(mark, (this.results.get(mark) ?? 0) + 1);
    return results;
  }

  /** In how many rows something is so, where it is not so in all. */
  private shareOf(times: number): string {
    return times === this.rows ? "" : ` in ${times} of ${this.rows} rows`;
  }

  private refuseAssertions(row: Row, answers: readonly string[]): void {
    const column = this.columns.of("answer") ?? "";
    const assertion = column.startsWith("__") ? answers.find((answer) => ASSERTION.test(answer.trim())) : undefined;
    if (assertion === undefined) return;
    throw invalidDataset(
      `${row.place}: ${column}: ${JSON.stringify(assertion)} is an assertion of promptfoo, not a reference answer.`,
      "Write the answers themselves into a column, and say with --scorer how they are compared: exact, contains, regex:PATTERN, ...",
    );
  }

  private noteClass(answers: readonly string[]): void {
    for (const answer of answers) {
      if (/^(?:\d{1,2}|[A-J])$/.test(answer)) this.classes?.add(answer);
      else this.classes = undefined;
    }
  }

  private classNote(answer: string): string[] {
    const name = canonicalName(answer);
    if (!this.classes || this.classes.size === 0 || !(CLASS_COLUMNS.has(name) || CHOICE_COLUMNS.has(name))) return [];
    const seen = [...this.classes].sort().slice(0, 6).join(", ");
    const what = CHOICE_COLUMNS.has(name) ? "names choices, and no column of choices was found" : `holds the names of classes (${seen})`;
    return [
      `Warning: "${answer}" ${what}: an answer is right only if it says ${seen} itself. --map answer=COLUMN names a column with the words, --map choices=COLUMN one with the choices.`,
    ];
  }
}
