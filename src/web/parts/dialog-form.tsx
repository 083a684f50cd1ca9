import type { ReactElement, ReactNode } from "react";
import { Button } from "react-aria-components";

interface Props {
  title: string;
  /** What the button says that submits the form. */
  verb?: string;
  isBusy?: boolean;
  close: () => void;
  submit: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A form in a dialog: its fields, and buttons that submit it or close the dialog. */
export function DialogForm({ title, verb = "Save", isBusy = false, close, submit, children }: Props): ReactElement {
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2 dir="auto">{title.replace("…", "")}</h2>
      {children}
      <div className="form-actions">
        <Button onPress={close}>Cancel</Button>
        <Button type="submit" className="primary" isPending={isBusy}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
