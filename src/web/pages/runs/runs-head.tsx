import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { Link } from "wouter";
import type { RunColumns, RunsQuery } from "../../api/documents.js";
import { count, formatNumber } from "../../format/numbers.js";
import { Icon, type IconName } from "../../parts/icon.js";
import { useAction } from "../../parts/use-action.js";
import { ColumnChooser } from "./column-chooser.js";
import type { Column } from "./columns.js";
import { downloadRuns } from "./download-runs.js";
import { GroupSelect } from "./group-select.js";
import { SearchBox } from "./search-box.js";
import type { RunsView } from "./view-state.js";

interface Props {
  experimentId: string;
  name: string;
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
  known: RunColumns;
  columns: readonly Column[];
  /** Ids of all chosen columns, those too that do not differ. */
  shown: readonly string[];
  query: RunsQuery;
  error: string | undefined;
  total: number | undefined;
}

/** The name of the experiment, the search, and what the table shows of it. */
export function RunsHead({ experimentId, name, view, change, known, columns, shown, query, error, total }: Props): ReactElement {
  const [run, isBusy] = useAction([]);
  return (
    <div className="page-head">
      <nav className="path" aria-label="Above these runs">
        <Link href="/experiments">Experiments</Link>
      </nav>
      <div className="title-line">
        <h1 dir="auto">{name}</h1>
        <span className="total" role="status">
          {total === undefined ? "" : totalText(total, known, query, view.group !== "")}
        </span>
        <Tabs experimentId={experimentId} />
      </div>
      <div className="tools">
        <SearchBox experimentId={experimentId} value={view.search} onChange={(search) => change({ search })} error={error} />
        <ColumnChooser {...{ known, view, change, shown }} />
        <GroupSelect known={known} group={view.group} choose={(group) => change({ group })} />
        {view.group === "" && <Toggle icon="tree" name="Nested" isOn={view.isTree} set={(isTree) => change({ isTree })} />}
        <Toggle icon="difference" name="Only differing" isOn={view.onlyDiffering} set={(onlyDiffering) => change({ onlyDiffering })} />
        <Toggle icon="trash" name="Deleted" isOn={view.isDeleted} set={(isDeleted) => change({ isDeleted })} />
        <Button isDisabled={isBusy} onPress={() => run(() => downloadRuns(query, columns, `${name}.csv`))}>
          <Icon name="download" /> CSV
        </Button>
      </div>
    </div>
  );
}

function totalText(total: number, known: RunColumns, query: RunsQuery, isGrouped: boolean): string {
  if (isGrouped) return `${count(total, "group")} of ${count(known.total, "run")}: means and ranges`;
  if (query.parent !== "roots" || known.total <= total) return count(total, "run");
  return `${count(known.total, "run")}, ${formatNumber(total)} at the top level`;
}

/** The pages of an experiment. */
export function Tabs({ experimentId, here = "runs" }: { experimentId: string; here?: "runs" | "charts" }): ReactElement {
  return (
    <nav className="tabs" aria-label="Views of the experiment">
      <Link href={`/experiments/${experimentId}`} aria-current={here === "runs" ? "page" : undefined}>
        <Icon name="runs" /> Table
      </Link>
      <Link href={`/experiments/${experimentId}/charts`} aria-current={here === "charts" ? "page" : undefined}>
        <Icon name="charts" /> Charts
      </Link>
    </nav>
  );
}

function Toggle({ icon, name, isOn, set }: { icon: IconName; name: string; isOn: boolean; set: (isOn: boolean) => void }): ReactElement {
  return (
    <button type="button" aria-pressed={isOn} onClick={() => set(!isOn)}>
      <Icon name={icon} /> {name}
    </button>
  );
}
