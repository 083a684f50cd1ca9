import type { ReactElement } from "react";
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { Icon, type IconName } from "./icon.js";

interface Props {
  icon: IconName;
  name: string;
  /** What the dialog is called; as its button where it is absent. */
  title?: string;
  role?: "dialog" | "alertdialog";
  /** The button shows its icon alone. */
  isIconOnly?: boolean;
  isDangerous?: boolean;
  isDisabled?: boolean;
  isWide?: boolean;
  /** What is in the dialog while it is open, given what closes it. */
  children: (close: () => void) => ReactElement;
}

/** A button that opens a dialog. */
export function DialogButton({ icon, name, title = name, role = "dialog", isWide = false, children, ...button }: Props): ReactElement {
  const { isIconOnly = false, isDangerous = false, isDisabled = false } = button;
  return (
    <DialogTrigger>
      <Button
        {...(isIconOnly ? { "aria-label": name } : {})}
        className={isIconOnly ? "icon-button" : isDangerous ? "danger" : "text-button"}
        isDisabled={isDisabled}
      >
        <Icon name={icon} /> {!isIconOnly && name}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className={isWide ? "modal modal-wide" : "modal"}>
          <Dialog role={role} aria-label={title}>
            {({ close }) => children(close)}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
