import type { ReactElement } from "react";
import { deleteModelTag, describe, setModelTag, type RegisteredModel } from "../../api/registry.js";
import { NoteEditor } from "../../parts/note-editor.js";
import { TagsCard } from "../../parts/tags-card.js";
import { useAction } from "../../parts/use-action.js";

/** What people say of a model: its description and its tags. */
export function ModelAbout({ model: { name, description = "", tags = [] } }: { model: RegisteredModel }): ReactElement {
  const [act, isBusy] = useAction(["models"]);
  const set = (key: string, value: string) => act(() => setModelTag(name, undefined, { key, value }), "The tag is set.");
  const remove = (key: string) => act(() => deleteModelTag(name, undefined, key), "The tag is removed.");
  const save = (text: string) => act(() => describe(name, undefined, text), "The description is saved.");
  return (
    <div className="column">
      <NoteEditor title="Description" text={description} isBusy={isBusy} save={save} />
      <TagsCard {...{ tags, isBusy, set, remove }} />
    </div>
  );
}
