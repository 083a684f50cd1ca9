import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactElement } from "react";
import { Link } from "wouter";
import type { RunRow } from "../../api/documents.js";
import type { ModelVersion } from "../../api/registry.js";
import { queryRuns } from "../../api/runs.js";
import { formatNumber } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { Empty } from "../../parts/states.js";
import { runIdsFilter } from "../compare/run-ids.js";
import { VersionCard } from "./version-card.js";

const AT_FIRST = 20;

/** The versions of a model, the newest first. */
export function Versions({ versions }: { versions: readonly ModelVersion[] }): ReactElement {
  const [most, setMost] = useState(AT_FIRST);
  const shown = versions.slice(0, most);
  const runs = useRuns(shown);
  const withRuns = shown.filter(({ run_id: id }) => id !== undefined && runs.has(id)).map(({ run_id: id }) => id);
  const compared = [...new Set(withRuns)];
  return (
    <section className="column" aria-label="Versions">
      <div className="card-head">
        <h2>Versions</h2>
        {compared.length > 1 && (
          <Link className="card-link" href={`/compare?runs=${compared.join(",")}`}>
            <Icon name="compare" /> Compare their runs
          </Link>
        )}
      </div>
      {versions.length === 0 && <Empty title="No versions" />}
      {shown.map((version) => (
        <VersionCard key={version.version} version={version} run={runs.get(version.run_id ?? "")} />
      ))}
      {versions.length > most && (
        <button type="button" onClick={() => setMost(most + AT_FIRST)}>
          Show {Math.min(AT_FIRST, versions.length - most)} more of {formatNumber(versions.length)}
        </button>
      )}
    </section>
  );
}

/** The source runs of versions by their ids. */
function useRuns(versions: readonly ModelVersion[]): ReadonlyMap<string, RunRow> {
  const filter = runIdsFilter(versions.flatMap(({ run_id: id }) => (id === undefined || id === "" ? [] : [id])));
  const { data } = useQuery({
    queryKey: ["runs", "of versions", filter],
    queryFn: ({ signal }) => queryRuns({ experiment_ids: [], filter, run_view_type: "ALL" }, 0, 500, signal),
    enabled: filter !== "",
  });
  return useMemo(() => new Map((data?.runs ?? []).map((run) => [run.run_id, run])), [data]);
}
