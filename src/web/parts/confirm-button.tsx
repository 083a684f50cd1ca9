import type { ReactElement, ReactNode } from "react";
import { Button } from "react-aria-components";
import { DialogButton } from "./dialog-button.js";
import type { IconName } from "./icon.js";

interface Props {
  icon: IconName;
  name: string;
  /** What is asked, such as "Delete 3 runs?" */
  question: string;
  /** What the dialog's button says; the name where it is absent. */
  verb?: string;
  /** What it comes to. */
  children: ReactNode;
  isDisabled?: boolean;
  isDangerous?: boolean;
  isIconOnly?: boolean;
  confirm: () => Promise<unknown>;
}

/** A button that asks whether it is meant. */
export function ConfirmButton({ question, verb, children, confirm, ...button }: Props): ReactElement {
  const { name, isDangerous = false } = button;
  return (
    <DialogButton {...button} title={question} role="alertdialog">
      {(close) => (
        <div className="form">
          <h2 dir="auto">{question}</h2>
          <div>{children}</div>
          <div className="form-actions">
            <Button onPress={close}>Cancel</Button>
            <Button
              className={isDangerous ? "danger" : "primary"}
              onPress={() => {
                close();
                void confirm();
              }}
            >
              {verb ?? name}
            </Button>
          </div>
        </div>
      )}
    </DialogButton>
  );
}
