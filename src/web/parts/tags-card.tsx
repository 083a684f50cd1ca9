import type { ReactElement } from "react";
import { TagEditor, type TagEditorProps } from "./tag-editor.js";
import { TextDialog } from "./text-dialog.js";

/** Tags of something, to be added, changed, and removed. */
export function TagsCard({ tags, isBusy, set, remove }: TagEditorProps): ReactElement {
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
