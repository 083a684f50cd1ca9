import { useState, type ReactElement } from "react";
import type { AssessmentKind, Said } from "../../api/traces.js";
import { DialogButton } from "../../parts/dialog-button.js";
import { DialogForm } from "../../parts/dialog-form.js";
import { readValue, writeValue } from "./assessment-value.js";

interface Props {
  name: string;
  isIconOnly?: boolean;
  /** What is changed; something new is said without it. */
  known?: Said;
  save: (said: Said) => Promise<unknown>;
}

/** A button that asks what is to be said of a trace. */
export function AssessmentDialog({ name, isIconOnly = false, known, save }: Props): ReactElement {
  return (
    <DialogButton icon="edit" {...{ name, isIconOnly }}>
      {(close) => <Form {...{ name, known, save, close }} />}
    </DialogButton>
  );
}

interface FormProps extends Pick<Props, "name" | "save"> {
  known: Said | undefined;
  close: () => void;
}

function Form({ name, known, save, close }: FormProps): ReactElement {
  const [kind, setKind] = useState<AssessmentKind>(known?.kind ?? "feedback");
  const [called, setCalled] = useState(known?.name ?? "");
  const [value, setValue] = useState(writeValue(known?.value));
  const [rationale, setRationale] = useState(known?.rationale ?? "");
  const submit = () => {
    close();
    void save({ kind, name: called.trim(), value: readValue(value), rationale: rationale.trim() });
  };
  return (
    <DialogForm title={name} {...{ close, submit }}>
      {known === undefined && (
        <label>
          Kind
          <select value={kind} onChange={(event) => setKind(event.target.value as AssessmentKind)}>
            <option value="feedback">Feedback: how good it is</option>
            <option value="expectation">Expectation: what would be right</option>
          </select>
        </label>
      )}
      <label>
        Name
        <input required autoFocus dir="auto" value={called} onChange={(event) => setCalled(event.target.value)} />
      </label>
      <label>
        Value: a text, a number, true, false, or JSON
        <textarea required rows={2} dir="auto" value={value} onChange={(event) => setValue(event.target.value)} />
      </label>
      <label>
        Why
        <textarea rows={3} dir="auto" value={rationale} onChange={(event) => setRationale(event.target.value)} />
      </label>
    </DialogForm>
  );
}
