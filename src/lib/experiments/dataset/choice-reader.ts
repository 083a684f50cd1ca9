import {
  choiceColumns,
  CONVENTION_WORDS,
  CONVENTIONS,
  offer,
  placeOf,
  readOffer,
  type Choices,
  type Convention,
  type Offer,
} from "./choices.js";
import type { Columns, Fields } from "./columns.js";
import { invalidDataset } from "./invalid-dataset.js";
import type { Row } from "./read-rows.js";
import { found, listTexts, toText, unpacked, writtenAt } from "./row-values.js";

/** Names for --map by which users say how numbers name choices. */
const SAID: Readonly<Record<string, Convention>> = { answer_index: "index", answer_number: "number" };

/** A row that offers choices, and the reference as it stands there. */
interface OfferedRow {
  place: string;
  offered: Offer;
  references: readonly string[];
}

/**
 * Understands rows with choices: which columns offer them, and whether references name the right one by its letter, its text, or its
 * number from 0 or from 1. The first rows decide that once: the one way that fits all of them.
 */
export class ChoiceReader {
  private readonly columns: Columns;
  private own: readonly string[] = [];
  private convention: Convention | undefined;
  private readonly said: Convention | undefined;
  private others: Convention[] = [];

  constructor(columns: Columns) {
    this.columns = columns;
    this.said = Object.entries(SAID).find(([name]) => columns.maps(name))?.[1];
  }

  /** Decides by the first rows. Throws DATASET_INVALID for references that name choices in some rows and not in others. */
  settle(rows: readonly Row[]): void {
    if (this.columns.of("choices") === undefined) this.own = choiceColumns(this.columns.names);
    const all = rows.flatMap((row): OfferedRow[] => {
      const offered = this.offerOf(row);
      return offered ? [{ place: row.place, offered, references: this.referencesOf(row) }] : [];
    });
    const open = all.filter(({ offered, references }) => offered.right === undefined && references.length > 0);
    const fitting = this.said ? [this.said] : CONVENTIONS.filter((way) => open.every((row) => rightOf(row, way)));
    const [first] = fitting;
    if (all.length === 0) return;
    if (first === undefined) {
      this.refuseMixed(open);
      return; // the references are not names of choices
    }
    this.convention = first;
    this.others = fitting.filter((way) => open.some((row) => String(rightOf(row, way)) !== String(rightOf(row, first))));
  }

  /** The choices of a row. Undefined where it offers none. Throws DATASET_INVALID where the reference is none of them. */
  read(row: Row): Choices | undefined {
    if (this.convention === undefined) return undefined;
    const offered = this.offerOf(row);
    const references = this.referencesOf(row);
    if (!offered) {
      this.refuseWithoutChoices(row.place, references, this.convention);
      return undefined;
    }
    const right = offered.right ?? rightOf({ offered, references }, this.convention);
    if (right) return { options: offered.options, right };
    throw this.misfit(row.place, offered, references, this.convention);
  }

  /** What the user is told of it. */
  notes(): string[] {
    if (this.convention === undefined) return [];
    const [column, answer] = [this.columns.of("choices"), this.columns.of("answer")];
    const named = column === undefined ? this.own.map((name) => `"${name}"`).join(", ") : `"${column}"`;
    const how = answer === undefined ? "the column says which is right" : `"${answer}" is ${CONVENTION_WORDS[this.convention]}`;
    const note = `Choices: ${named}, shown after the question unless --prompt says where {{choices}} go; ${how}. A model may answer with the letter or the text.`;
    const [other] = this.others;
    if (other === undefined || answer === undefined) return [note];
    const name = Object.keys(SAID).find((key) => SAID[key] === other);
    const instead = name === undefined ? "write letters to be sure" : `if so, say --map ${name}=${answer}`;
    return [note, `Warning: "${answer}" could as well be ${CONVENTION_WORDS[other]}: ${instead}.`];
  }

  /** True for the columns that choices come from. */
  uses(column: string): boolean {
    return this.convention !== undefined && (this.own.includes(column) || column === this.columns.of("choices"));
  }

  private offerOf(row: Row): Offer | undefined {
    const fields = row.value as Fields;
    const column = this.columns.of("choices");
    if (column !== undefined) {
      const value = unpacked(this.columns.read(fields, "choices"), row.isTable);
      return readOffer(value, (item, path) => toText(item, writtenAt(row.written, `${column}${path}`)));
    }
    const texts = this.own.map((name) => toText(fields[name], writtenAt(row.written, name)));
    return offer(texts.slice(0, texts.findLastIndex((text) => text !== undefined && text.trim() !== "") + 1));
  }

  private referencesOf(row: Row): string[] {
    const value = unpacked(this.columns.read(row.value as Fields, "answer"), row.isTable);
    const texts = listTexts(value, row.written, this.columns.of("answer") ?? "") ?? [];
    return texts.filter((text) => text.trim() !== "");
  }

  /** A number or a letter of a row without choices would be compared as text. */
  private refuseWithoutChoices(place: string, references: readonly string[], way: Convention): void {
    if (way === "text" || references.length === 0 || !references.every((reference) => /^(?:\d{1,2}|[A-J])$/i.test(reference.trim())))
      return;
    const column = this.columns.of("choices") ?? this.own.join(", ");
    throw invalidDataset(
      `${place}: ${column}: this row has no choices, while its ${this.columns.of("answer") ?? "answer"}, ${found(references[0])}, reads like ${CONVENTION_WORDS[way]}, as in other rows.`,
      "Add the row's choices, or write out its answer.",
    );
  }

  /** References that mostly name choices, and sometimes do not, are a fault of the file. */
  private refuseMixed(rows: readonly OfferedRow[]): void {
    for (const way of CONVENTIONS) {
      const misfits = rows.filter((row) => !rightOf(row, way));
      const [row] = misfits;
      if (row && misfits.length * 2 < rows.length) throw this.misfit(row.place, row.offered, row.references, way);
    }
  }

  private misfit(place: string, { options }: Offer, references: readonly string[], way: Convention): Error {
    const labels = options.map(({ label }) => label).join(", ");
    return invalidDataset(
      `${place}: ${this.columns.of("answer") ?? "answer"}: ${found(references.length === 1 ? references[0] : references)} is none of the ${options.length} choices (${labels}); in other rows it is ${CONVENTION_WORDS[way]}.`,
      "Write it as in the other rows. Numbers count from 0 with --map answer_index=COLUMN, from 1 with --map answer_number=COLUMN.",
    );
  }
}

/** The places of the right choices; none for a row without reference, undefined for a reference that names none. */
function rightOf({ offered, references }: Omit<OfferedRow, "place">, way: Convention): number[] | undefined {
  const places = references.map((reference) => placeOf(offered.options, reference, way));
  return places.every((place) => place !== undefined) ? places : undefined;
}
