import type { StoreChange } from "../api/documents.js";

/** What a query is about, where not every change touches it, and how seldom it is asked again at most. */
export interface QueryMeta extends Record<string, unknown> {
  runs?: readonly string[];
  /** All where there are none. */
  experiments?: readonly string[];
  everyMs?: number;
}

declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: QueryMeta;
  }
}

/** Which runs were changed, and of which experiments: any, where that is not known. */
export class Touched {
  private readonly runs = new Set<string>();
  private readonly experiments = new Set<string>();
  private isAny = false;

  add({ runs = [], experiments = [], more, all }: StoreChange): void {
    this.isAny ||= more === true || all === true;
    for (const { run_id, experiment_id } of runs) {
      this.runs.add(run_id);
      this.experiments.add(experiment_id);
    }
    for (const id of experiments) this.experiments.add(id);
  }

  /** Whether a query about these may have another answer now. */
  concerns({ runs, experiments = [] }: QueryMeta = {}): boolean {
    if (this.isAny) return true;
    if (runs) return runs.some((id) => this.runs.has(id));
    return experiments.length === 0 || experiments.some((id) => this.experiments.has(id));
  }
}
