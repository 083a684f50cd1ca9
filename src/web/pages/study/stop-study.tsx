import type { ReactElement } from "react";
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { setTag } from "../../api/runs.js";
import { useAction } from "../../parts/use-action.js";

const STOPPED_BY = "the web application";

interface Props {
  runId: string;
  name: string;
  /** Somebody has asked already. */
  isAsked: boolean;
}

/** A button that asks a running study to end, after it was confirmed. */
export function StopStudy({ runId, name, isAsked }: Props): ReactElement {
  const [act, isBusy] = useAction(["run"]);
  if (isAsked) {
    return (
      <span className="stopping" role="status">
        Stopping…
      </span>
    );
  }
  const stop = async () => {
    await setTag(runId, "llmops.stop_by", STOPPED_BY);
    await setTag(runId, "llmops.stop", "true");
  };
  return (
    <DialogTrigger>
      <Button className="danger" isDisabled={isBusy}>
        Stop…
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog aria-label="Stop the study" role="alertdialog">
            {({ close }) => (
              <div className="form">
                <h2>Stop the study?</h2>
                <p dir="auto">{name.slice(0, 200)} ends as it does with Ctrl+C: what it has is kept, and it can be resumed.</p>
                <div className="form-actions">
                  <Button onPress={close} autoFocus>
                    Let it run
                  </Button>
                  <Button
                    className="danger"
                    onPress={() => {
                      close();
                      void act(stop, "The study was asked to stop; it ends within seconds.");
                    }}
                  >
                    Stop
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
