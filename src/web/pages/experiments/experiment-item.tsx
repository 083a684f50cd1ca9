import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { Link } from "wouter";
import { archiveExperiment, renameExperiment, restoreExperiment, type Experiment } from "../../api/store.js";
import { formatAgo, formatTime } from "../../format/times.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Icon } from "../../parts/icon.js";
import { useAction } from "../../parts/use-action.js";
import { NameDialog } from "./name-dialog.js";
import { TOUCHED } from "./use-experiments.js";

interface Props {
  experiment: Experiment;
  isArchived: boolean;
  /** It is about to leave the list. */
  onLeave: () => void;
}

/** An experiment of the list, and what can be done with it. */
export function ExperimentItem({ experiment, isArchived, onLeave }: Props): ReactElement {
  const { experiment_id, name, last_update_time } = experiment;
  return (
    <li className="experiment">
      <div className="experiment-name">
        {isArchived ? (
          <span dir="auto">{name}</span>
        ) : (
          <Link href={`/experiments/${experiment_id}`} dir="auto">
            {name}
          </Link>
        )}
        <span className="soft">
          {isArchived ? "archived" : "changed"} <time title={formatTime(last_update_time)}>{formatAgo(last_update_time)}</time>
        </span>
      </div>
      <div className="title-actions" role="group" aria-label={name}>
        {isArchived ? <Restore {...{ experiment, onLeave }} /> : <Change {...{ experiment, onLeave }} />}
      </div>
    </li>
  );
}

function Change({ experiment: { experiment_id: id, name }, onLeave }: Omit<Props, "isArchived">): ReactElement {
  const [act, isBusy] = useAction(TOUCHED);
  const archive = async () => {
    onLeave();
    await act(() => archiveExperiment(id), `${name} is archived.`);
  };
  return (
    <>
      <NameDialog icon="edit" name="Rename…" verb="Rename" done="renamed" value={name} save={(next) => renameExperiment(id, next)} />
      <ConfirmButton
        {...{ icon: "folder", name: "Archive…", verb: "Archive", question: `Archive ${name.slice(0, 200)}?`, isDisabled: isBusy }}
        confirm={archive}
      >
        <p>
          It leaves all lists with its runs, and what still records to it is refused. Until the store is purged, it can be restored from
          among the archived experiments.
        </p>
      </ConfirmButton>
    </>
  );
}

function Restore({ experiment: { experiment_id: id, name }, onLeave }: Omit<Props, "isArchived">): ReactElement {
  const [act, isBusy] = useAction(TOUCHED);
  const restore = async () => {
    onLeave();
    await act(() => restoreExperiment(id), `${name} is restored with all its runs, also those that had been deleted before.`);
  };
  return (
    <Button isDisabled={isBusy} onPress={restore}>
      <Icon name="restore" /> Restore
    </Button>
  );
}
