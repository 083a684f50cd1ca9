import type { ScoredSource } from "./compare-scores.js";

const SHOWN = 60;

/**
 * The sources without samples that ask something else than the first's sample of the same id: ids that only count rows are alike in
 * every dataset. `notes` says of each source how many those were.
 */
export function onSameQuestions([first, ...others]: readonly ScoredSource[]): { sources: ScoredSource[]; notes: string[] } {
  if (!first) return { sources: [], notes: [] };
  const found = others.map((other) => ({ other, differing: differing(first, other) }));
  return {
    sources: [first, ...found.map(({ other, differing: ids }) => without(other, ids))],
    notes: found.flatMap(({ other, differing: [example, ...more] }) =>
      example === undefined ? [] : [describe(first, other, [example, ...more])],
    ),
  };
}

function differing(first: ScoredSource, other: ScoredSource): string[] {
  const [before, after] = [first.table?.questions, other.table?.questions];
  if (!before || !after) return [];
  return [...after].flatMap(([id, question]) => (before.has(id) && before.get(id) !== question ? [id] : []));
}

function without(source: ScoredSource, ids: readonly string[]): ScoredSource {
  if (ids.length === 0 || !source.scores) return source;
  const left = new Set(ids);
  const scores = [...source.scores].map(([score, bySample]) => [score, new Map([...bySample].filter(([id]) => !left.has(id)))] as const);
  return { ...source, scores: new Map(scores) };
}

function describe(first: ScoredSource, other: ScoredSource, [example, ...more]: readonly [string, ...string[]]): string {
  const asked = (source: ScoredSource) => {
    const text = source.table?.questions.get(example) ?? "";
    return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
  };
  const count = more.length + 1;
  return (
    `${count} ${count === 1 ? "sample" : "samples"} of ${other.name} ${count === 1 ? "is" : "are"} left out: under the same id ${first.name} ` +
    `asks something else, as of ${example} ${asked(first)}, not ${asked(other)}.`
  );
}
