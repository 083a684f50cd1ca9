import { createHash } from "node:crypto";

/** What a sample asks, as digests of its texts; `reference` is null where nobody wrote one. */
export interface AskedSample {
  question: string;
  reference: string | null;
}

/** The samples of one result, and what is known of what they ask. */
export interface SampleSet {
  ids: Iterable<string>;
  /** By id; samples it lacks can be told by their ids alone. */
  asked?: ReadonlyMap<string, AskedSample> | undefined;
}

/** Which samples of two results are the same, by their ids; every sample of either stands in exactly one place. */
export interface SamplePairing {
  /** Ids in the first and in the other. */
  pairs: readonly (readonly [string, string])[];
  /** Ids that both have, and that ask something else in the other. */
  otherQuestion: readonly string[];
  /** Ids that both have and that ask the same, but for another right answer. */
  otherReference: readonly string[];
  onlyFirst: readonly string[];
  onlyOther: readonly string[];
  /** Pairs whose ids are alike, and of which one side does not say what it asks. */
  unchecked: number;
}

/** An id that a row without one was given: its line number. */
const ROW_NUMBER = /^"?(?:row-)*\d+"?$/;
const DIGITS = 16;

/** What a sample asks, for `pairSamples`: the same for the same texts, whatever blanks surround them. */
export function askedSample(question: string, reference: string | null): AskedSample {
  return { question: digestOf(question), reference: reference === null || reference.trim() === "" ? null : digestOf(reference) };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text.trim().normalize("NFC")).digest("hex").slice(0, DIGITS);
}

/**
 * Pairs the samples of two results. The same id is the same sample where it asks the same question, with the same right answer. Ids that
 * only count lines say nothing: rows move. Where one of two ids is such a number, samples that are left over are paired by what they
 * ask, if only one on either side asks it.
 */
export function pairSamples(first: SampleSet, other: SampleSet): SamplePairing {
  const [left, right] = [new Set(first.ids), new Set(other.ids)];
  const remove = (pairs: readonly (readonly [string, string])[]) => {
    for (const [a, b] of pairs) {
      left.delete(a);
      right.delete(b);
    }
  };
  const both = [...left].filter((id) => right.has(id));
  const [known, blind] = [first, other].map(({ asked }) => both.filter((id) => asked?.has(id) === true)) as [string[], string[]];
  const told = new Set(known.filter((id) => other.asked?.has(id) === true));
  const changed = both.filter((id) => told.has(id) && !asksSame(first.asked?.get(id), other.asked?.get(id)));
  const moved = new Set(changed);
  const byId = both.filter((id) => !moved.has(id)).map((id) => [id, id] as const);
  remove(byId);
  const byContent = pairsByContent({ ids: left, asked: first.asked }, { ids: right, asked: other.asked });
  remove(byContent);
  const still = changed.filter((id) => left.has(id) && right.has(id));
  remove(still.map((id) => [id, id]));
  const isOther = (id: string) => first.asked?.get(id)?.question !== other.asked?.get(id)?.question;
  return {
    pairs: [...byId, ...byContent],
    ...{ otherQuestion: still.filter(isOther), otherReference: still.filter((id) => !isOther(id)) },
    ...{ onlyFirst: [...left], onlyOther: [...right], unchecked: known.length + blind.length - 2 * told.size },
  };
}

/** A right answer that only one side knows is none that they differ in. */
function asksSame(a: AskedSample | undefined, b: AskedSample | undefined): boolean {
  if (!a || !b) return false;
  return a.question === b.question && (a.reference === null || b.reference === null || a.reference === b.reference);
}

function pairsByContent(first: SampleSet, other: SampleSet): [string, string][] {
  const candidates = byQuestion(other);
  return [...byQuestion(first)].flatMap(([question, own]): [string, string][] => {
    const [a, b] = [onlyOne(own), onlyOne(candidates.get(question))];
    if (a === undefined || b === undefined || !(ROW_NUMBER.test(a) || ROW_NUMBER.test(b))) return [];
    return asksSame(first.asked?.get(a), other.asked?.get(b)) ? [[a, b]] : [];
  });
}

function onlyOne(ids: readonly string[] = []): string | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}

function byQuestion({ ids, asked }: SampleSet): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const id of ids) {
    const own = asked?.get(id);
    if (!own) continue;
    const alike = found.get(own.question);
    if (alike) alike.push(id);
    else found.set(own.question, [id]);
  }
  return found;
}
