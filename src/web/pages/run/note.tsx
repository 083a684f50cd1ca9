import type { ReactElement } from "react";
import { setTag } from "../../api/runs.js";
import { NoteEditor } from "../../parts/note-editor.js";
import { useAction } from "../../parts/use-action.js";

/** A run's note in Markdown, to be read and written: the tag mlflow.note.content. */
export function Note({ runId, note }: { runId: string; note: string }): ReactElement {
  const [act, isBusy] = useAction(["run"]);
  const save = (text: string) => act(() => setTag(runId, "mlflow.note.content", text), "The note is saved.");
  return <NoteEditor title="Note" text={note} isBusy={isBusy} save={save} />;
}
