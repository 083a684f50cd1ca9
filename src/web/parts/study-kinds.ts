/** What studies are that have a page of their own, by their runs' tag llmops.kind. */
export const STUDY_KINDS: ReadonlyMap<string, string> = new Map([
  ["sweep", "Sweep"],
  ["ab", "A/B test"],
  ["judge", "Judge"],
  ["pairwise", "Pairwise"],
  ["optimize", "Search"],
  ["bench", "Load test"],
]);

/** Whether a run with this tag is a study that has a page. */
export function isStudyKind(kind: string | null | undefined): boolean {
  return kind !== null && kind !== undefined && STUDY_KINDS.has(kind);
}
