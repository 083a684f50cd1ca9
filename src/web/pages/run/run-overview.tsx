import type { ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import type { Run } from "../../api/runs.js";
import { MetricTable } from "./metric-table.js";
import { Note } from "./note.js";
import { Tags } from "./tags.js";
import { ValueList } from "./value-list.js";

const NOTE = "mlflow.note.content";

/** A run's note, metrics, parameters, tags, and inputs, in full. */
export function RunOverview({ run, row }: { run: Run; row: RunRow | undefined }): ReactElement {
  const { data, info, inputs } = run;
  const tags = data.tags ?? [];
  const datasets = inputs?.dataset_inputs ?? [];
  const isOwn = (key: string) => !key.startsWith("mlflow.");
  return (
    <div className="columns">
      <div className="column">
        <Note runId={info.run_id} note={tags.find(({ key }) => key === NOTE)?.value ?? ""} />
        <MetricTable run={run} row={row} />
      </div>
      <div className="column">
        <ValueList title="Parameters" values={data.params ?? []} none="No parameters" />
        <Tags runId={info.run_id} tags={tags.filter(({ key }) => isOwn(key))} />
        {datasets.length > 0 && (
          <ValueList
            title="Inputs"
            none=""
            values={datasets.map(({ dataset: { name, digest, source_type = "" } }) => ({
              key: name,
              value: `${digest} ${source_type}`.trim(),
            }))}
          />
        )}
        <ValueList title="System tags" values={tags.filter(({ key }) => !isOwn(key) && key !== NOTE)} none="No system tags" />
      </div>
    </div>
  );
}
