import type { ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import { renameRun, type Run } from "../../api/runs.js";
import { formatDuration, formatTime } from "../../format/times.js";
import { Fact } from "../../parts/fact.js";
import { Status } from "../../parts/status.js";
import { TextDialog } from "../../parts/text-dialog.js";
import { useAction } from "../../parts/use-action.js";
import { RegisterButton } from "../models/register-dialog.js";
import { RunLinks } from "./run-links.js";
import { RunPath } from "./run-path.js";
import { StageButton } from "./stage-button.js";
import { StudyProgress } from "./study-progress.js";

/** The name of a run, where it belongs, how it went, and what can be done with it. */
export function RunHead({ run, row, traces }: { run: Run; row: RunRow | undefined; traces: number }): ReactElement {
  const { info, data } = run;
  const [act] = useAction(["run", "runs", "overview"]);
  const tags = new Map((data.tags ?? []).map(({ key, value }) => [key, value]));
  const isDeleted = info.lifecycle_stage === "deleted";
  return (
    <header className="run-head">
      <RunPath experimentId={info.experiment_id} parent={row?.parent_run_id ?? tags.get("mlflow.parentRunId")} />
      <div className="title-line">
        <h1 dir="auto">{info.run_name ?? info.run_id}</h1>
        <div className="title-actions">
          <RunLinks run={run} traces={traces} />
          <TextDialog
            icon="edit"
            name="Rename…"
            fields={["Name"]}
            values={[info.run_name ?? ""]}
            save={async ([name = ""]) => void (await act(() => renameRun(info.run_id, name), "The run is renamed."))}
          />
          {!isDeleted && <RegisterButton run={run} />}
          <StageButton info={info} />
        </div>
      </div>
      <Facts info={info} />
      <StudyProgress tags={tags} status={info.status} />
    </header>
  );
}

function Facts({ info }: Pick<Run, "info">): ReactElement {
  const { start_time, end_time, user_id = "", run_id } = info;
  const duration = start_time !== undefined && end_time !== undefined ? end_time - start_time : undefined;
  return (
    <dl className="facts">
      <Fact name="Status">
        <Status status={info.status} />
        {info.lifecycle_stage === "deleted" && <span className="chip">deleted</span>}
      </Fact>
      <Fact name="Started">{formatTime(start_time)}</Fact>
      {end_time !== undefined && <Fact name="Ended">{formatTime(end_time)}</Fact>}
      {duration !== undefined && <Fact name="Duration">{formatDuration(duration)}</Fact>}
      {user_id !== "" && <Fact name="User">{user_id}</Fact>}
      <Fact name="Run ID">
        <code>{run_id}</code>
      </Fact>
    </dl>
  );
}
