import type { ReactElement } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { ratedAnswers } from "../../api/answers.js";
import { count, formatNumber } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { saveFile } from "../../parts/save-file.js";
import { useAnnounce } from "../../parts/toasts.js";
import { useAction } from "../../parts/use-action.js";
import type { RatingScale } from "./answers-view.js";
import { labelFile, labelsOn, type LabelFormat } from "./labels.js";

const TYPES: Record<LabelFormat, string> = { jsonl: "application/x-ndjson", csv: "text/csv" };

/** A button that saves the rated answers as labels for the calibration of judges. */
export function LabelsButton({ runIds, scale }: { runIds: readonly string[]; scale: RatingScale }): ReactElement {
  const [act, isBusy] = useAction([]);
  const announce = useAnnounce();
  const save = async (format: LabelFormat) => {
    const all = await ratedAnswers(runIds);
    const labels = labelsOn(all, scale);
    if (labels.length === 0) return announce(`No answer of these runs is rated ${scale === "pass" ? "pass or fail" : "1 to 5"} yet.`, true);
    const left = all.length - labels.length;
    saveFile(`labels.${format}`, labelFile(labels, format), TYPES[format]);
    announce(
      `${count(labels.length, "label")} saved${left === 0 ? "" : `, ${formatNumber(left)} of the other scale left out`}. Use them: llmops judge calibrate --labels labels.${format}`,
    );
  };
  return (
    <MenuTrigger>
      <Button className="text-button" isDisabled={isBusy}>
        <Icon name="download" /> Export labels
      </Button>
      <Popover className="popover">
        <Menu className="menu" aria-label="Format of the labels" onAction={(format) => void act(() => save(format as LabelFormat))}>
          <MenuItem id="jsonl" className="menu-item">
            <span>JSONL for judge calibrate</span>
          </MenuItem>
          <MenuItem id="csv" className="menu-item">
            <span>CSV for judge calibrate</span>
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
