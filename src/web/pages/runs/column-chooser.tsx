import { useState, type ReactElement } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import type { RunColumns } from "../../api/documents.js";
import { Icon } from "../../parts/icon.js";
import { ATTRIBUTES, columnName, parseColumn } from "./columns.js";
import type { RunsView } from "./view-state.js";

interface Props {
  known: RunColumns;
  /** Ids of the columns that are shown, in order. */
  shown: readonly string[];
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
}

const MOST_LISTED = 200;

/** Chooses, orders, and pins the columns of the table. */
export function ColumnChooser(props: Props): ReactElement {
  return (
    <DialogTrigger>
      <Button>
        <Icon name="columns" /> Columns
      </Button>
      <Popover className="popover chooser" placement="bottom end">
        <Dialog aria-label="Columns">
          <Chooser {...props} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Chooser({ known, shown, view, change }: Props): ReactElement {
  const [words, setWords] = useState("");
  const has = (id: string) => id.toLowerCase().includes(words.toLowerCase());
  const set = (ids: readonly string[]) => change({ columns: [...ids] });
  const more = groups(known).map(({ title, ids }) => ({ title, ids: ids.filter((id) => has(id) && !shown.includes(id)) }));
  return (
    <div className="chooser-body">
      <input
        type="search"
        aria-label="Find a column"
        placeholder="Find a column"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <div className="chooser-lists">
        <ShownColumns {...{ view, change, set }} ids={shown.filter(has)} all={shown} />
        {more
          .filter(({ ids }) => ids.length > 0)
          .map(({ title, ids }) => (
            <fieldset key={title}>
              <legend>{title}</legend>
              {ids.slice(0, MOST_LISTED).map((id) => (
                <label key={id}>
                  <input type="checkbox" checked={false} onChange={() => set([...shown, id])} />
                  <Name id={id} />
                </label>
              ))}
              {ids.length > MOST_LISTED && <p>{ids.length - MOST_LISTED} more: find them by name.</p>}
            </fieldset>
          ))}
      </div>
      <div className="form-actions">
        <Button onPress={() => change({ columns: undefined, pinned: [] })}>As usual</Button>
        <Button onPress={() => set([])}>None</Button>
      </div>
    </div>
  );
}

interface ShownProps {
  ids: readonly string[];
  all: readonly string[];
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
  set: (ids: readonly string[]) => void;
}

function ShownColumns({ ids, all, view, change, set }: ShownProps): ReactElement | null {
  if (ids.length === 0) return null;
  const pin = (id: string) =>
    change({ pinned: view.pinned.includes(id) ? view.pinned.filter((each) => each !== id) : [...view.pinned, id] });
  return (
    <fieldset>
      <legend>Shown</legend>
      {ids.map((id) => (
        <div key={id} className="chooser-shown">
          <label>
            <input type="checkbox" checked onChange={() => set(all.filter((each) => each !== id))} />
            <Name id={id} />
          </label>
          <Button
            aria-label={`Move ${nameOf(id)} left`}
            className="icon-button"
            isDisabled={all[0] === id}
            onPress={() => set(swapped(all, id, -1))}
          >
            <Icon name="up" />
          </Button>
          <Button
            aria-label={`Move ${nameOf(id)} right`}
            className="icon-button"
            isDisabled={all.at(-1) === id}
            onPress={() => set(swapped(all, id, 1))}
          >
            <Icon name="down" />
          </Button>
          <Button
            aria-label={`${view.pinned.includes(id) ? "Unpin" : "Pin"} ${nameOf(id)}`}
            className={view.pinned.includes(id) ? "icon-button pinned" : "icon-button"}
            onPress={() => pin(id)}
          >
            <Icon name="pin" />
          </Button>
        </div>
      ))}
    </fieldset>
  );
}

function Name({ id }: { id: string }): ReactElement {
  return (
    <span dir="auto" title={nameOf(id)}>
      {nameOf(id)}
    </span>
  );
}

function nameOf(id: string): string {
  const column = parseColumn(id);
  return column ? columnName(column) : id;
}

function swapped(ids: readonly string[], id: string, step: number): string[] {
  const next = ids.filter((each) => each !== id);
  next.splice(ids.indexOf(id) + step, 0, id);
  return next;
}

function groups({ metrics, params, tags }: RunColumns): { title: string; ids: string[] }[] {
  return [
    { title: "Attributes", ids: Object.keys(ATTRIBUTES).map((key) => `a.${key}`) },
    { title: "Metrics, last value", ids: metrics.map(({ key }) => `m.last.${key}`) },
    { title: "Parameters", ids: params.map(({ key }) => `p.${key}`) },
    { title: "Tags", ids: tags.map(({ key }) => `t.${key}`) },
    { title: "Metrics, least and greatest", ids: metrics.flatMap(({ key }) => [`m.min.${key}`, `m.max.${key}`]) },
  ];
}
