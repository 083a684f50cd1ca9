/** What studies are that have a page of their own, by their runs' tag llmops.kind. */
const STUDY_KINDS: ReadonlyMap<string, string> = new Map([
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

/** Commands whose studies are of the kind of sweeps, and have a name of their own. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ["eval", "Evaluation"],
  ["score", "Scoring"],
]);
const LONGEST_NAME = 40;

/** What a study is called, by its run's tags llmops.kind and llmops.resume, which anybody may have written. */
export function nameOfStudy(kind: string, resume: string | undefined): string {
  const [, command = ""] = /^llmops (\w+) /.exec(resume ?? "") ?? [];
  return (kind === "sweep" ? COMMANDS.get(command) : undefined) ?? STUDY_KINDS.get(kind) ?? kind.slice(0, LONGEST_NAME);
}
