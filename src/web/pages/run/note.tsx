import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components";
import { setTag } from "../../api/runs.js";
import { Icon } from "../../parts/icon.js";
import { Markdown } from "../../parts/markdown.js";
import { useAction } from "../../parts/use-action.js";

/** A run's note in Markdown, to be read and written: the tag mlflow.note.content. */
export function Note({ runId, note }: { runId: string; note: string }): ReactElement {
  const [draft, setDraft] = useState<string>();
  const [act, isBusy] = useAction(["run"]);
  const save = async (text: string) => {
    if (await act(() => setTag(runId, "mlflow.note.content", text), "The note is saved.")) setDraft(undefined);
  };
  return (
    <section className="card" aria-label="Note">
      <div className="card-head">
        <h2>Note</h2>
        {draft === undefined && (
          <span className="card-link">
            <Button onPress={() => setDraft(note)}>
              <Icon name="edit" /> {note === "" ? "Write a note" : "Edit"}
            </Button>
          </span>
        )}
      </div>
      {draft === undefined ? (
        note === "" ? (
          <p className="soft">No note</p>
        ) : (
          <Markdown text={note} />
        )
      ) : (
        <form
          className="note-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save(draft);
          }}
        >
          <textarea
            aria-label="Note in Markdown"
            dir="auto"
            rows={8}
            autoFocus
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          <div className="form-actions">
            <Button onPress={() => setDraft(undefined)}>Cancel</Button>
            <Button type="submit" className="primary" isDisabled={isBusy}>
              Save
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}
