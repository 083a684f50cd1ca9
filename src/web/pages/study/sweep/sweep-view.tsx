import { useMemo, type ReactElement } from "react";
import type { RunRow } from "../../../api/documents.js";
import type { SweepDocument } from "../../../api/sweep-document.js";
import { Empty } from "../../../parts/states.js";
import { Problems } from "../problems.js";
import { Comparisons } from "./comparisons.js";
import { EveryPair } from "./every-pair.js";
import { FrontCard } from "./front-card.js";
import { HeatCard } from "./heat-card.js";
import { isGrid, isOneAtATime, variedParams, type VariedParam } from "./layout.js";
import { OverviewCard } from "./overview-card.js";
import { ResponseCards } from "./response-cards.js";
import { SettingsTable } from "./settings-table.js";
import { scoreKinds, studySettings, type ScoreKind, type StudySetting } from "./study-settings.js";

interface Props {
  document: SweepDocument | undefined;
  /** Runs of settings, where they are newer than the document. */
  runs: readonly RunRow[];
}

/** What a sweep, an A/B test, or an evaluation has found: charts of its scores, the table of its settings, and the verdicts. */
export function SweepView({ document, runs }: Props): ReactElement {
  const settings = useMemo(() => studySettings(document, runs), [document, runs]);
  const kinds = useMemo(() => scoreKinds(document, settings), [document, settings]);
  const varied = useMemo(() => variedParams(settings), [settings]);
  const [main] = kinds;
  if (settings.length === 0) return <Empty title="Nothing is measured yet" />;
  return (
    <>
      {main && <Charts {...{ settings, kinds, varied }} />}
      <SettingsTable {...{ settings, kinds, varied }} />
      {document && main && <Comparisons document={document} settings={settings} score={main} />}
      {document && main && <EveryPair pairs={document.comparisons.every ?? []} settings={settings} score={main} />}
      {document && <Problems errors={document.errors} checks={document.checks} />}
    </>
  );
}

interface ChartsProps {
  settings: readonly StudySetting[];
  kinds: readonly ScoreKind[];
  varied: readonly VariedParam[];
}

function Charts({ settings, kinds, varied }: ChartsProps): ReactElement | null {
  if (settings.length < 2) return null;
  const isApart = isOneAtATime(settings, varied);
  const hasMap = !isApart && varied.some((x, i) => varied.slice(i + 1).some((y) => isGrid(settings, x, y)));
  return (
    <div className="panels">
      {hasMap && <HeatCard {...{ settings, kinds, varied }} />}
      <ResponseCards {...{ settings, kinds, varied, isApart }} />
      {varied.length !== 1 && <OverviewCard settings={settings} kinds={kinds} />}
      <FrontCard settings={settings} kinds={kinds} />
    </div>
  );
}
