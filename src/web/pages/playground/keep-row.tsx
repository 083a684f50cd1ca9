import { useState, type ReactElement } from "react";
import { DialogButton } from "../../parts/dialog-button.js";
import { DialogForm } from "../../parts/dialog-form.js";
import { useAnnounce } from "../../parts/toasts.js";
import { nextId, toRow, type KeptRow } from "./kept-rows.js";
import type { Message } from "./settings.js";

interface Props {
  messages: readonly Message[];
  question: string;
  answer: string;
  rows: readonly KeptRow[];
  keep: (rows: readonly KeptRow[]) => void;
}

const TITLE = "Keep as a row of a dataset";

/** A button that keeps a question with the right answer, which is the given one until it is corrected, as a row of a dataset. */
export function KeepRow(props: Props): ReactElement {
  return (
    <DialogButton icon="pin" name="Keep as row…" title={TITLE}>
      {(close) => <RowForm {...props} close={close} />}
    </DialogButton>
  );
}

function RowForm({ messages, rows, keep, close, ...given }: Props & { close: () => void }): ReactElement {
  const [question, setQuestion] = useState(given.question);
  const [answer, setAnswer] = useState(given.answer.trim());
  const announce = useAnnounce();
  const submit = () => {
    keep([...rows, toRow(messages, { id: nextId(rows), question, answer })]);
    announce("The row is kept in this browser.");
    close();
  };
  return (
    <DialogForm title={TITLE} verb="Keep" {...{ close, submit }}>
      <label>
        Question
        <textarea required rows={3} dir="auto" value={question} onChange={(event) => setQuestion(event.target.value)} />
      </label>
      <label>
        Right answer
        <textarea required rows={5} dir="auto" value={answer} onChange={(event) => setAnswer(event.target.value)} />
        <small>The given answer until you correct it.</small>
      </label>
    </DialogForm>
  );
}
