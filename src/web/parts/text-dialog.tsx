import { useState, type ReactElement } from "react";
import { DialogButton } from "./dialog-button.js";
import { DialogForm } from "./dialog-form.js";
import type { IconName } from "./icon.js";

interface TextDialogProps {
  icon: IconName;
  name: string;
  /** The button shows its icon alone. */
  isIconOnly?: boolean;
  /** Nothing has to be filled in. */
  isEmptyAllowed?: boolean;
  /** Labels; the first must be filled in. */
  fields: readonly string[];
  values?: readonly string[];
  save: (values: string[]) => Promise<void>;
}

/** A button that asks for some texts in a dialog. */
export function TextDialog({ icon, name, isIconOnly = false, ...form }: TextDialogProps): ReactElement {
  return <DialogButton {...{ icon, name, isIconOnly }}>{(close) => <TextForm {...form} {...{ name, close }} />}</DialogButton>;
}

type TextFormProps = Omit<TextDialogProps, "icon" | "isIconOnly"> & { close: () => void };

function TextForm({ name, fields, values = [], isEmptyAllowed = false, save, close }: TextFormProps): ReactElement {
  const [texts, setTexts] = useState<string[]>(() => fields.map((_, i) => values[i] ?? ""));
  const submit = () => {
    close();
    void save(texts);
  };
  return (
    <DialogForm title={name} {...{ close, submit }}>
      {fields.map((label, i) => (
        <label key={label}>
          {label}
          <input
            required={i === 0 && !isEmptyAllowed}
            autoFocus={i === 0}
            dir="auto"
            value={texts[i]}
            onChange={(event) => setTexts(texts.map((text, k) => (k === i ? event.target.value : text)))}
          />
        </label>
      ))}
    </DialogForm>
  );
}
