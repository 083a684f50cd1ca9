import type { ReactElement } from "react";
import type { RunColumns } from "../../api/documents.js";
import { BY_DATASET, groupName, groupsOf } from "./grouping.js";

interface Props {
  known: RunColumns;
  group: string;
  choose: (group: string) => void;
}

/** Chooses what runs are grouped by. */
export function GroupSelect({ known, group, choose }: Props): ReactElement {
  return (
    <label>
      Group by
      <select value={group} onChange={(event) => choose(event.target.value)}>
        <option value="">Nothing</option>
        <option value={BY_DATASET}>Dataset</option>
        {groupsOf(known, group).map(({ title, ids }) => (
          <optgroup key={title} label={title}>
            {ids.map((id) => (
              <option key={id} value={id}>
                {groupName(id)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
