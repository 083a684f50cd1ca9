import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useLocation } from "wouter";
import { listExperiments } from "../../api/store.js";
import { deleteTrace, queryTraces, type Trace } from "../../api/traces.js";
import { formatDuration, formatTime } from "../../format/times.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Fact } from "../../parts/fact.js";
import { TraceStatus } from "../../parts/trace-state.js";
import { useAction } from "../../parts/use-action.js";

/** What a trace is called, how it went, and where it belongs. */
export function TraceHead({ trace }: { trace: Trace }): ReactElement {
  const { trace_id, tags = {}, state, request_time, client_request_id } = trace;
  const { experiment_id } = trace.trace_location.mlflow_experiment;
  const name = tags["mlflow.traceName"] ?? "";
  const experiments = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) }).data;
  const experiment = experiments?.find((one) => one.experiment_id === experiment_id)?.name ?? experiment_id;
  const runIds = useRuns(trace_id);
  return (
    <header className="run-head">
      <nav className="path" aria-label="Path">
        <Link href={`/traces?experiment=${experiment_id}`} dir="auto">
          Traces of {experiment}
        </Link>
      </nav>
      <div className="title-line">
        <h1 dir="auto">{name === "" ? trace_id : name}</h1>
        <div className="title-actions">
          {runIds.length > 0 && (
            <Link className="button-link" href={`/answers?runs=${runIds.slice(0, 20).join(",")}`}>
              Answers
            </Link>
          )}
          <Delete trace={trace} />
        </div>
      </div>
      <dl className="facts">
        <Fact name="State">
          <TraceStatus state={state} />
        </Fact>
        <Fact name="Time">{formatTime(Date.parse(request_time))}</Fact>
        <Fact name="Duration">{formatDuration(milliseconds(trace.execution_duration))}</Fact>
        {runIds.length > 0 && (
          <Fact name={runIds.length === 1 ? "Run" : "Runs"}>
            {runIds.map((run) => (
              <Link key={run} href={`/runs/${run}`}>
                {run.slice(0, 8)}
              </Link>
            ))}
          </Fact>
        )}
        {client_request_id !== undefined && <Fact name="Client's ID">{client_request_id.slice(0, 200)}</Fact>}
        <Fact name="Trace ID">
          <code>{trace_id}</code>
        </Fact>
      </dl>
    </header>
  );
}

function useRuns(traceId: string): string[] {
  const filter = `trace_id = '${traceId.replaceAll("'", "")}'`;
  const { data } = useQuery({
    queryKey: ["traces", "runs of", traceId],
    queryFn: ({ signal }) => queryTraces({ experiment_ids: [], filter }, 0, 1, signal),
  });
  return data?.traces[0]?.run_ids ?? [];
}

function Delete({ trace }: { trace: Trace }): ReactElement {
  const [act, isBusy] = useAction(["traces"]);
  const [, navigate] = useLocation();
  const remove = async () => {
    if (await act(() => deleteTrace(trace), "The trace is deleted.")) {
      navigate(`/traces?experiment=${trace.trace_location.mlflow_experiment.experiment_id}`);
    }
  };
  return (
    <ConfirmButton
      {...{ icon: "trash", name: "Delete…", question: "Delete the trace?", verb: "Delete", isDangerous: true, isDisabled: isBusy }}
      confirm={remove}
    >
      <p>It is removed for good, with what is said of it.</p>
    </ConfirmButton>
  );
}

/** Of a duration such as "0.158s". */
function milliseconds(duration: string | undefined): number | null {
  return duration === undefined ? null : parseFloat(duration) * 1000;
}
