import type { ReactElement } from "react";
import { CopyButton } from "../../parts/copy-button.js";
import { Icon } from "../../parts/icon.js";
import { PageButton } from "../../parts/page-link.js";
import type { RatingScale } from "./answers-view.js";
import { LabelsButton } from "./labels-button.js";

/** Of which runs' answers. */
export interface ActionsProps {
  runIds: readonly string[];
  scale: RatingScale;
}

/** Where answers lead, and what is taken from them. */
export function AnswersActions({ runIds, scale }: ActionsProps): ReactElement {
  return (
    <div className="title-actions">
      {runIds.length > 1 && (
        <PageButton href={`/compare?runs=${runIds.join(",")}`}>
          <Icon name="compare" /> Compare
        </PageButton>
      )}
      {runIds.length === 1 && (
        <PageButton href={`/traces?run=${runIds[0]}`}>
          <Icon name="traces" /> Traces
        </PageButton>
      )}
      <CopyButton name="Copy link" text={() => window.location.href} done="The link is copied." />
      <LabelsButton runIds={runIds} scale={scale} />
    </div>
  );
}
