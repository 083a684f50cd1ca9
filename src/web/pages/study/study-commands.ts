/** Of runs and of documents: what can be continued. */
const UNFINISHED = ["RUNNING", "KILLED", "FAILED", "interrupted", "budget spent"];
/** A command that continues a study, and does not begin it anew. */
const RESUMES = / --resume[ =]/;

interface Known {
  /** Of its run and of its document. */
  statuses: readonly string[];
  /** What its run's tag llmops.resume has: it continues the study, or repeats one that cannot be continued. */
  next: string | undefined;
  /** What it was started with, as its document says. */
  start: string | undefined;
}

/** The commands that continue a study which is not finished, and that repeat it; undefined where there is none, or it is not known. */
export function commandsOf({ statuses, next, start }: Known): { resume: string | undefined; repeat: string | undefined } {
  const canResume = next !== undefined && RESUMES.test(next);
  const isUnfinished = statuses.some((status) => UNFINISHED.includes(status));
  const first = start ?? (canResume ? undefined : next);
  return {
    resume: canResume && isUnfinished ? next : undefined,
    repeat: first?.replace(/ --json(?= |$)/, ""), // it only says how the result is printed
  };
}
