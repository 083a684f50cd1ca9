import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components";
import { Icon } from "./icon.js";
import { Markdown } from "./markdown.js";

interface Props {
  /** What the text is, such as "Note". */
  title: string;
  text: string;
  isBusy: boolean;
  /** Whether it was saved. */
  save: (text: string) => Promise<boolean>;
}

/** A text in Markdown, to be read and written. */
export function NoteEditor({ title, text, isBusy, save }: Props): ReactElement {
  const [draft, setDraft] = useState<string>();
  const lower = title.toLowerCase();
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        {draft === undefined && (
          <span className="card-link">
            <Button onPress={() => setDraft(text)}>
              <Icon name="edit" /> {text === "" ? `Write a ${lower}` : "Edit"}
            </Button>
          </span>
        )}
      </div>
      {draft === undefined ? (
        text === "" ? (
          <p className="soft">No {lower}</p>
        ) : (
          <Markdown text={text} />
        )
      ) : (
        <form
          className="note-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save(draft).then((isSaved) => isSaved && setDraft(undefined));
          }}
        >
          <textarea
            aria-label={`${title} in Markdown`}
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
