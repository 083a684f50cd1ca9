import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { ConfirmButton } from "./confirm-button.js";
import { Icon } from "./icon.js";

interface Props {
  isDeleted: boolean;
  isBusy: boolean;
  /** What is asked before anything is deleted, and what follows from a yes. */
  question: string;
  consequence: string;
  remove: () => Promise<unknown>;
  restore: () => Promise<unknown>;
}

/** Deletes after asking, or restores what is deleted. */
export function DeleteRestore({ isDeleted, isBusy, question, consequence, remove, restore }: Props): ReactElement {
  if (isDeleted) {
    return (
      <Button isDisabled={isBusy} onPress={restore}>
        <Icon name="restore" /> Restore
      </Button>
    );
  }
  return (
    <ConfirmButton icon="trash" name="Delete" isDangerous isDisabled={isBusy} question={question} confirm={remove}>
      <p>{consequence}</p>
    </ConfirmButton>
  );
}
