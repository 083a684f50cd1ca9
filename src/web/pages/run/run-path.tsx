import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { getRun } from "../../api/runs.js";
import { listExperiments } from "../../api/store.js";
import { Icon } from "../../parts/icon.js";

/** Where a run is: its experiment, and the run above it. */
export function RunPath({ experimentId, parent }: { experimentId: string; parent: string | undefined }): ReactElement {
  const { data: experiments = [] } = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) });
  const { data: above } = useQuery({
    queryKey: ["run", parent],
    queryFn: ({ signal }) => getRun(parent ?? "", signal),
    enabled: parent !== undefined,
  });
  const name = experiments.find(({ experiment_id }) => experiment_id === experimentId)?.name ?? `Experiment ${experimentId}`;
  return (
    <nav className="path" aria-label="Where the run is">
      <Link href={`/experiments/${experimentId}`} dir="auto">
        {name}
      </Link>
      {parent !== undefined && (
        <>
          <Icon name="right" />
          <Link href={`/runs/${parent}`} dir="auto">
            {above?.info.run_name ?? parent}
          </Link>
        </>
      )}
    </nav>
  );
}
