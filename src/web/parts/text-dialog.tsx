import { useState, type ReactElement } from "react";
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { Icon, type IconName } from "./icon.js";

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
  return (
    <DialogTrigger>
      <Button {...(isIconOnly ? { "aria-label": name } : {})} className={isIconOnly ? "icon-button" : "text-button"}>
        <Icon name={icon} /> {!isIconOnly && name}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog aria-label={name}>{({ close }) => <TextForm {...form} name={name} close={close} />}</Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

type TextFormProps = Omit<TextDialogProps, "icon" | "isIconOnly"> & { close: () => void };

function TextForm({ name, fields, values = [], isEmptyAllowed = false, save, close }: TextFormProps): ReactElement {
  const [texts, setTexts] = useState<string[]>(() => fields.map((_, i) => values[i] ?? ""));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        close();
        void save(texts);
      }}
    >
      <h2>{name.replace("…", "")}</h2>
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
      <div className="form-actions">
        <Button onPress={close}>Cancel</Button>
        <Button type="submit" className="primary">
          Save
        </Button>
      </div>
    </form>
  );
}
