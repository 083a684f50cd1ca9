import { pairSamples, type AskedSample, type SamplePairing } from "../dataset/pair-samples.js";
import { nounFor } from "../../base/errors/counted.js";
import type { ScoredSource } from "./sample-scores.js";

const SHOWN = 60;

/** A result whose samples have the ids of those they are paired with. */
export interface AlignedSource {
  source: ScoredSource;
  pairing: SamplePairing;
}

/**
 * The sources with the samples of each under the ids of the first's samples that ask the same, and without those that ask something else
 * under the same id: the one place that decides which scores are compared. `notes` says of each source how many those were.
 */
export function alignSamples([first, ...others]: readonly ScoredSource[]): { sources: ScoredSource[]; notes: string[] } {
  if (!first) return { sources: [], notes: [] };
  const aligned = others.map((other) => ({ other, ...alignWith(first, other) }));
  return {
    sources: [first, ...aligned.map(({ source }) => source)],
    notes: aligned.flatMap(({ other, pairing }) => describe(first, other, pairing)),
  };
}

/** One result beside the first: its samples under the first's ids, and how they were paired. */
export function alignWith(first: ScoredSource, other: ScoredSource): AlignedSource {
  const pairing = pairSamples({ ids: idsOf(first), asked: askedOf(first) }, { ids: idsOf(other), asked: askedOf(other) });
  const changed = new Set([...pairing.otherQuestion, ...pairing.otherReference]);
  const names = new Map(pairing.pairs.map(([own, its]) => [its, own]));
  const taken = new Set(pairing.pairs.map(([own]) => own));
  // a number of a line stays no sample's name where another has it now
  const nameOf = (id: string) => names.get(id) ?? (taken.has(id) ? `${id} of ${other.name}` : id);
  const rename = <T>(bySample: ReadonlyMap<string, T>) =>
    new Map([...bySample].flatMap(([id, value]) => (changed.has(id) ? [] : [[nameOf(id), value] as const])));
  const scores = other.scores && new Map([...other.scores].map(([score, bySample]) => [score, rename(bySample)]));
  const asked = askedOf(other);
  return { source: { ...other, scores, ...(asked && { asked: rename(asked) }) }, pairing };
}

function idsOf({ scores }: ScoredSource): Set<string> {
  return new Set([...(scores?.values() ?? [])].flatMap((bySample) => [...bySample.keys()]));
}

function askedOf({ asked, table }: ScoredSource): ReadonlyMap<string, AskedSample> | undefined {
  return asked ?? table?.asked;
}

function describe(first: ScoredSource, other: ScoredSource, { otherQuestion, otherReference, unchecked }: SamplePairing): string[] {
  const text = ({ table }: ScoredSource, id: string) => cut(table?.questions.get(id) ?? "");
  const leftOut = (count: number) => `${count} ${nounFor(count, "sample")} of ${other.name} ${nounFor(count, "is", "are")} left out`;
  const [question, reference] = [otherQuestion[0], otherReference[0]];
  const notes: string[] = [];
  if (question !== undefined) {
    const [was, is] = [text(first, question), text(other, question)];
    const example = was === "" || is === "" ? `, such as ${question}` : `, as of ${question} ${was}, not ${is}`;
    notes.push(`${leftOut(otherQuestion.length)}: under the same id ${first.name} asks something else${example}.`);
  }
  if (reference !== undefined) {
    notes.push(`${leftOut(otherReference.length)}: ${first.name} has another right answer for the same question, such as ${reference}.`);
  }
  if (unchecked > 0) {
    const silent = (askedOf(first)?.size ?? 0) === 0 ? first.name : other.name;
    notes.push(
      `${unchecked} ${nounFor(unchecked, "sample")} ${nounFor(unchecked, "is", "are")} paired by id alone: ${silent} does not say what they ask.`,
    );
  }
  return notes;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
