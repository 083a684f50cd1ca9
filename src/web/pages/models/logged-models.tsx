import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { listLoggedModels } from "../../api/registry.js";
import { listExperiments } from "../../api/store.js";
import { formatTime } from "../../format/times.js";
import { Failure } from "../../parts/states.js";

const STATUSES = ["", "pending", "ready", "upload failed"];

/** Models that runs logged, as MLflow 3 does; nothing where there are none. */
export function LoggedModels(): ReactElement | null {
  const { data: experiments } = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) });
  const ids = (experiments ?? []).map(({ experiment_id }) => experiment_id);
  const { data, error } = useQuery({
    queryKey: ["models", "logged", ids],
    queryFn: ({ signal }) => listLoggedModels(ids, signal),
    enabled: experiments !== undefined,
  });
  if (error) return <Failure error={error} />;
  if (!data || data.length === 0) return null;
  const names = new Map((experiments ?? []).map(({ experiment_id, name }) => [experiment_id, name]));
  return (
    <section className="card" aria-label="Logged models">
      <div className="card-head">
        <h2>Logged models</h2>
        <span className="count">{data.length === 100 ? "the latest 100" : data.length}</span>
      </div>
      <div className="scroll-x">
        <table className="plain texts">
          <thead>
            <tr>
              {["Model", "Type", "Status", "Experiment", "Run", "Created"].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.map(({ info }) => (
              <tr key={info.model_id}>
                <th scope="row" dir="auto" title={info.model_id}>
                  {info.name === undefined || info.name === "" ? info.model_id : info.name}
                </th>
                <td dir="auto">{info.model_type}</td>
                <td>{statusName(info.status)}</td>
                <td dir="auto">{names.get(info.experiment_id) ?? info.experiment_id}</td>
                <td>{info.source_run_id && <Link href={`/runs/${info.source_run_id}`}>{info.source_run_id.slice(0, 8)}</Link>}</td>
                <td>{formatTime(info.creation_timestamp_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function statusName(status: string | number | undefined): string {
  if (typeof status === "number") return STATUSES[status] ?? String(status);
  return (status ?? "").replace("LOGGED_MODEL_", "").toLowerCase().replaceAll("_", " ");
}
