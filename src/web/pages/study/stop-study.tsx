import type { ReactElement } from "react";
import { setTag } from "../../api/runs.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { useAction } from "../../parts/use-action.js";

const STOPPED_BY = "the web application";

interface Props {
  runId: string;
  name: string;
  /** Somebody has asked already. */
  isAsked: boolean;
}

/** A button that asks a running study to end, after it was confirmed. */
export function StopStudy({ runId, name, isAsked }: Props): ReactElement {
  const [act, isBusy] = useAction(["run"]);
  if (isAsked) {
    return (
      <span className="stopping" role="status">
        Stopping…
      </span>
    );
  }
  const stop = async () => {
    await setTag(runId, "llmops.stop_by", STOPPED_BY);
    await setTag(runId, "llmops.stop", "true");
  };
  return (
    <ConfirmButton
      {...{ icon: "stop", name: "Stop…", question: "Stop the study?", verb: "Stop", isDisabled: isBusy, isDangerous: true }}
      confirm={() => act(stop, "The study was asked to stop; it ends within seconds.")}
    >
      <p dir="auto">{name.slice(0, 200)} ends as it does with Ctrl+C: what it has is kept, and it can be resumed.</p>
    </ConfirmButton>
  );
}
