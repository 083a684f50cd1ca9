import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { Link } from "wouter";
import type { RunRow } from "../../api/documents.js";
import { deleteRun, renameRun, restoreRun, setTag } from "../../api/runs.js";
import { count } from "../../format/numbers.js";
import { DeleteRestore } from "../../parts/delete-restore.js";
import { Icon } from "../../parts/icon.js";
import { TextDialog } from "../../parts/text-dialog.js";
import { useAction } from "../../parts/use-action.js";
import { inTurns } from "./in-turns.js";
import type { Selection } from "./use-selection.js";

/** What can be done with the runs that are selected. */
export function BulkBar({ selection: { selected, clear }, isDeleted }: { selection: Selection; isDeleted: boolean }): ReactElement {
  const [run, isBusy] = useAction(["runs", "columns", "run", "overview"]);
  const runs = [...selected.values()];
  const each = async (change: (row: RunRow) => Promise<void>, done: string) => {
    if (await run(() => inTurns(runs, change), done)) clear();
  };
  const many = count(runs.length, "run");
  return (
    <div className="bulk" role="toolbar" aria-label="Selected runs">
      <strong>{many} selected</strong>
      <CompareLink runIds={runs.map(({ run_id }) => run_id)} />
      {runs.length <= MOST_COMPARED && (
        <Link className="button-link" href={`/answers?runs=${runs.map(({ run_id }) => run_id).join(",")}`}>
          <Icon name="columns" /> Answers
        </Link>
      )}
      <TextDialog
        icon="tag"
        name="Tag…"
        fields={["Tag", "Value"]}
        save={async ([key = "", value = ""]) => each((row) => setTag(row.run_id, key, value), `${many} tagged.`)}
      />
      {runs.length === 1 && runs[0] && (
        <TextDialog
          icon="edit"
          name="Rename…"
          fields={["Name"]}
          values={[runs[0].run_name]}
          save={async ([name = ""]) => each((row) => renameRun(row.run_id, name), "The run is renamed.")}
        />
      )}
      <DeleteRestore
        isDeleted={isDeleted}
        isBusy={isBusy}
        question={`Delete ${many}?`}
        consequence="They leave the list and can be restored from among the deleted runs until the store is purged."
        remove={() => each((row) => deleteRun(row.run_id), `${many} deleted.`)}
        restore={() => each((row) => restoreRun(row.run_id), `${many} restored.`)}
      />
      <Button onPress={clear}>
        <Icon name="close" /> Select none
      </Button>
    </div>
  );
}

/** No more runs are compared at once. */
const MOST_COMPARED = 100;

function CompareLink({ runIds }: { runIds: readonly string[] }): ReactElement {
  const isPossible = runIds.length >= 2 && runIds.length <= MOST_COMPARED;
  if (!isPossible) {
    return (
      <span className="button-link" aria-disabled="true" title={`2 to ${MOST_COMPARED} runs can be compared`}>
        <Icon name="compare" /> Compare
      </span>
    );
  }
  return (
    <Link className="button-link" href={`/compare?runs=${runIds.join(",")}`}>
      <Icon name="compare" /> Compare
    </Link>
  );
}
