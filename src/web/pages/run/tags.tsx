import type { ReactElement } from "react";
import { deleteTag, setTag } from "../../api/runs.js";
import { TagEditor } from "../../parts/tag-editor.js";
import { TextDialog } from "../../parts/text-dialog.js";
import { useAction } from "../../parts/use-action.js";

/** A run's tags, to be added, changed, and removed. */
export function Tags({ runId, tags }: { runId: string; tags: readonly { key: string; value: string }[] }): ReactElement {
  const [act, isBusy] = useAction(["run", "runs", "columns"]);
  const set = (key: string, value: string) => act(() => setTag(runId, key, value), "The tag is set.");
  const remove = (key: string) => act(() => deleteTag(runId, key), "The tag is removed.");
  return (
    <section className="card" aria-label="Tags">
      <div className="card-head">
        <h2>Tags</h2>
        <span className="card-link">
          <TextDialog
            icon="tag"
            name="Add a tag…"
            fields={["Tag", "Value"]}
            save={async ([key = "", value = ""]) => void (await set(key, value))}
          />
        </span>
      </div>
      {tags.length === 0 && <p className="soft">No tags</p>}
      <TagEditor {...{ tags, isBusy, set, remove }} />
    </section>
  );
}
