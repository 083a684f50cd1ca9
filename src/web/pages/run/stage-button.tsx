import type { ReactElement } from "react";
import { deleteRun, restoreRun, type Run } from "../../api/runs.js";
import { DeleteRestore } from "../../parts/delete-restore.js";
import { useAction } from "../../parts/use-action.js";
import { useKeptFocus } from "../../parts/use-kept-focus.js";

/** A button that deletes a run, or restores one that is deleted. */
export function StageButton({ info: { run_id, lifecycle_stage } }: Pick<Run, "info">): ReactElement {
  const [act, isBusy] = useAction(["run", "runs", "overview"]);
  const { place, keep } = useKeptFocus<HTMLSpanElement>(lifecycle_stage);
  const change = (request: () => Promise<void>, done: string) => {
    keep();
    return act(request, done);
  };
  return (
    <span ref={place}>
      <DeleteRestore
        isDeleted={lifecycle_stage === "deleted"}
        isBusy={isBusy}
        question="Delete the run?"
        consequence="It leaves the lists and can be restored here until the store is purged."
        remove={() => change(() => deleteRun(run_id), "The run is deleted; it can be restored here.")}
        restore={() => change(() => restoreRun(run_id), "The run is restored.")}
      />
    </span>
  );
}
