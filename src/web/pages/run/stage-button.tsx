import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { deleteRun, restoreRun, type Run } from "../../api/runs.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Icon } from "../../parts/icon.js";
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
      {lifecycle_stage === "deleted" ? (
        <Button isDisabled={isBusy} onPress={() => change(() => restoreRun(run_id), "The run is restored.")}>
          <Icon name="restore" /> Restore
        </Button>
      ) : (
        <ConfirmButton
          icon="trash"
          name="Delete"
          isDangerous
          isDisabled={isBusy}
          question="Delete the run?"
          confirm={() => change(() => deleteRun(run_id), "The run is deleted; it can be restored here.")}
        >
          <p>It leaves the lists and can be restored here until the store is purged.</p>
        </ConfirmButton>
      )}
    </span>
  );
}
