import type { ChangeEvent } from "../change-feed.js";
import type { Caller } from "./caller.js";

/** What of a change a user may hear of; undefined where that is nothing. */
export function visibleChange(event: ChangeEvent, caller: Caller): ChangeEvent | undefined {
  const readsExperiment = caller.readableOf("experiment") ?? (() => true);
  const readsModel = caller.readableOf("model") ?? (() => true);
  const visible = {
    ...event,
    runs: event.runs.filter((run) => readsExperiment(run.experiment_id)),
    experiments: event.experiments.filter(readsExperiment),
    models: event.models.filter(readsModel),
  };
  const says = visible.runs.length + visible.experiments.length + visible.models.length > 0;
  return says || visible.traces || visible.more === true || visible.all === true ? visible : undefined;
}
