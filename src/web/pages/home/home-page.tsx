import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "wouter";
import type { ModelAtAGlance, Overview, RecentRun, RunningStudy } from "../../api/documents.js";
import { getOverview } from "../../api/store.js";
import { count, formatCounts, formatProgress } from "../../format/numbers.js";
import { formatAgo, formatDuration, formatTime } from "../../format/times.js";
import { isStudyKind, nameOfStudy } from "../../parts/study-kinds.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { Status } from "../../parts/status.js";
import { useTitle } from "../../parts/use-title.js";
import { FiringAlerts } from "./firing-alerts.js";

/** Of why a study failed; all of it is on its page. */
const LONGEST_ERROR = 300;

/** What runs, what was found last, and which models there are. */
export function HomePage(): ReactElement {
  useTitle("");
  const { data, error, refetch } = useQuery({ queryKey: ["overview"], queryFn: ({ signal }) => getOverview(signal) });
  return (
    <div className="page">
      <div className="title-line">
        <h1>Home</h1>
        {data && (
          <span className="total">
            {count(data.runs, "run")} in {count(data.experiments, "experiment")}
          </span>
        )}
      </div>
      {error ? <Failure error={error} retry={() => void refetch()} /> : data ? <AtAGlance overview={data} /> : <Loading lines={8} />}
    </div>
  );
}

function AtAGlance({ overview: { running, recent, models, alerts } }: { overview: Overview }): ReactElement {
  return (
    <div className="home">
      {alerts.length > 0 && <FiringAlerts alerts={alerts} />}
      <section className="card" aria-labelledby="running">
        <h2 id="running">Running</h2>
        {running.length === 0 && <Empty title="Nothing is running" />}
        <ul className="list">
          {running.map((study) => (
            <RunningItem key={study.run_id} study={study} />
          ))}
        </ul>
      </section>
      <section className="card" aria-labelledby="recent">
        <h2 id="recent">Latest results</h2>
        {recent.length === 0 && (
          <Empty title="No results yet">
            <p>
              A first one: <code>llmops sweep temperature 0,0.5,1</code>
            </p>
          </Empty>
        )}
        <ul className="list">
          {recent.map((run) => (
            <RecentItem key={run.run_id} run={run} />
          ))}
        </ul>
      </section>
      <section className="card" aria-labelledby="models">
        <h2 id="models">Models</h2>
        {models.length === 0 && <Empty title="No models are registered" />}
        <ul className="list">
          {models.map((model) => (
            <ModelItem key={model.name} model={model} />
          ))}
        </ul>
      </section>
    </div>
  );
}

/** A study is shown by its own page, another run by that of runs. */
function placeOf(runId: string, kind: string | null | undefined): string {
  return isStudyKind(kind) ? `/studies/${runId}` : `/runs/${runId}`;
}

function runningPlace({ run_id, tags }: RunningStudy): string {
  return tags["llmops.monitor"] === undefined ? placeOf(run_id, tags["llmops.kind"]) : `/monitor?run=${run_id}`;
}

function RunningItem({ study }: { study: RunningStudy }): ReactElement {
  const { run_name, start_time, progress, eta_ms, tags } = study;
  return (
    <li>
      <div className="item-line">
        <Link href={runningPlace(study)} dir="auto">
          {run_name}
        </Link>
        {tags["llmops.kind"] !== undefined && <span className="chip">{nameOfStudy(tags["llmops.kind"], tags["llmops.resume"])}</span>}
        <span className="item-end">{progress === null ? `started ${formatAgo(start_time)}` : formatProgress(progress)}</span>
      </div>
      {progress !== null && (
        <>
          <div
            className="meter"
            role="progressbar"
            aria-label={run_name}
            aria-valuenow={Math.floor(progress * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <span style={{ width: `${Math.min(100, progress * 100)}%` }} />
          </div>
          <p className="item-note">
            {tags["llmops.cells"] !== undefined && `${formatCounts(tags["llmops.cells"])} cells · `}
            {eta_ms === null ? "time left unknown" : `${formatDuration(eta_ms)} left`}
          </p>
        </>
      )}
    </li>
  );
}

function RecentItem({ run: { run_id, run_name, status, end_time, kind, verdict, error } }: { run: RecentRun }): ReactElement {
  return (
    <li>
      <div className="item-line">
        <Link href={placeOf(run_id, kind)} dir="auto">
          {run_name}
        </Link>
        <span className="item-end">
          <Status status={status} /> <time title={formatTime(end_time)}>{formatAgo(end_time)}</time>
        </span>
      </div>
      {verdict !== null && (
        <p className="item-note" dir="auto">
          {verdict}
        </p>
      )}
      {error !== null && (
        <p className="item-note bad" dir="auto">
          {error.slice(0, LONGEST_ERROR)}
        </p>
      )}
    </li>
  );
}

function ModelItem({ model: { name, newest_version, champion, aliases } }: { model: ModelAtAGlance }): ReactElement {
  const others = Object.entries(aliases).filter(([alias]) => alias !== "champion");
  return (
    <li>
      <div className="item-line">
        <Link href={`/models/${encodeURIComponent(name)}`} dir="auto">
          {name}
        </Link>
        <span className="item-end">{newest_version === null ? "no versions" : `version ${newest_version}`}</span>
      </div>
      <p className="item-note">
        {champion === null ? "No champion" : `Champion: version ${champion}`}
        {others.map(([alias, version]) => (
          <span key={alias} className="chip" dir="auto">
            {alias}: {version}
          </span>
        ))}
      </p>
    </li>
  );
}
