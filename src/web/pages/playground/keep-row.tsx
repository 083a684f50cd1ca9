import { useState, type ReactElement } from "react";
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { Icon } from "../../parts/icon.js";
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

/** A button that keeps a question with the right answer, which is the given one until it is corrected, as a row of a dataset. */
export function KeepRow(props: Props): ReactElement {
  return (
    <DialogTrigger>
      <Button className="text-button">
        <Icon name="pin" /> Keep as row…
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog aria-label="Keep as a row of a dataset">{({ close }) => <RowForm {...props} close={close} />}</Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function RowForm({ messages, rows, keep, close, ...given }: Props & { close: () => void }): ReactElement {
  const [question, setQuestion] = useState(given.question);
  const [answer, setAnswer] = useState(given.answer.trim());
  const announce = useAnnounce();
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        keep([...rows, toRow(messages, { id: nextId(rows), question, answer })]);
        announce("The row is kept in this browser.");
        close();
      }}
    >
      <h2>Keep as a row of a dataset</h2>
      <label>
        Question
        <textarea required rows={3} dir="auto" value={question} onChange={(event) => setQuestion(event.target.value)} />
      </label>
      <label>
        Right answer
        <textarea required rows={5} dir="auto" value={answer} onChange={(event) => setAnswer(event.target.value)} />
        <small>The given answer until you correct it.</small>
      </label>
      <div className="form-actions">
        <Button onPress={close}>Cancel</Button>
        <Button type="submit" className="primary">
          Keep
        </Button>
      </div>
    </form>
  );
}
