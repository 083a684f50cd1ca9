import type { ReactElement } from "react";
import { createExperiment } from "../../api/store.js";
import { count } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { LISTED, NameSearch, NotListed } from "../../parts/name-search.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useKeptFocus } from "../../parts/use-kept-focus.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { ExperimentItem } from "./experiment-item.js";
import { NameDialog } from "./name-dialog.js";
import { useExperiments } from "./use-experiments.js";

/** All experiments, or those that are archived, and what can be done with them. */
export function ExperimentsPage(): ReactElement {
  useTitle("Experiments");
  const [words, setWords] = useUrlState("q", "");
  const [show, setShow] = useUrlState("show", "active");
  const isArchived = show === "archived";
  const { data, error, refetch } = useExperiments(isArchived ? "archived" : "active");
  const { place, keep } = useKeptFocus<HTMLDivElement>(data?.length);
  const found = (data ?? []).filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase()));
  return (
    <div className="page">
      <div className="title-line">
        <h1>Experiments</h1>
        {data && <span className="total">{count(data.length, isArchived ? "archived experiment" : "experiment")}</span>}
        <NameSearch label="Find an experiment" {...{ words, setWords }} />
        <div className="title-actions" ref={place}>
          <NameDialog icon="file" name="New experiment…" verb="Create" done="created" save={createExperiment} />
          <button type="button" aria-pressed={isArchived} onClick={() => setShow(isArchived ? "active" : "archived")}>
            <Icon name="folder" /> Archived
          </button>
        </div>
      </div>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Loading lines={8} label="Loading experiments" />
      ) : found.length === 0 ? (
        <Empty title={data.length > 0 ? "No experiment has this name" : isArchived ? "Nothing is archived" : "No experiments yet"} />
      ) : (
        <ul className="card list">
          {found.slice(0, LISTED).map((experiment) => (
            <ExperimentItem key={experiment.experiment_id} {...{ experiment, isArchived }} onLeave={keep} />
          ))}
        </ul>
      )}
      <NotListed found={found.length} noun="more experiment" />
    </div>
  );
}
