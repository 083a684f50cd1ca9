import type { ReactElement, ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { Icon, type IconName } from "./icon.js";

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
export function ConfirmButton({ icon, name, question, verb = name, children, isDisabled = false, ...how }: Props): ReactElement {
  const { isDangerous = false, isIconOnly = false, confirm } = how;
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
        <Modal className="modal">
          <Dialog role="alertdialog" aria-label={question}>
            {({ close }) => (
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
                    {verb}
                  </Button>
                </div>
              </div>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
