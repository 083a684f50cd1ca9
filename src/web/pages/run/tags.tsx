import type { ReactElement } from "react";
import { deleteTag, setTag } from "../../api/runs.js";
import { TagsCard } from "../../parts/tags-card.js";
import { useAction } from "../../parts/use-action.js";

/** A run's tags, to be added, changed, and removed. */
export function Tags({ runId, tags }: { runId: string; tags: readonly { key: string; value: string }[] }): ReactElement {
  const [act, isBusy] = useAction(["run", "runs", "columns"]);
  const set = (key: string, value: string) => act(() => setTag(runId, key, value), "The tag is set.");
  const remove = (key: string) => act(() => deleteTag(runId, key), "The tag is removed.");
  return <TagsCard {...{ tags, isBusy, set, remove }} />;
}
