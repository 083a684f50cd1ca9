import { useMemo, useState, type ReactElement } from "react";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import type { ParamValue } from "../../../api/study-parts.js";
import { count } from "../../../format/numbers.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { settingsAlong, valueText, type VariedParam } from "./layout.js";
import { drawnLines, responseOption, type ResponseLine } from "./response-option.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

interface Props {
  settings: readonly StudySetting[];
  kinds: readonly ScoreKind[];
  varied: readonly VariedParam[];
  /** Parameters were varied one at a time. */
  isApart: boolean;
}

/** Cards shown until more are asked for. */
const AT_FIRST = 4;
/** A parameter with more values is no set of lines. */
const MOST_LINES = 8;

/** Every score over the parameter that is varied; over one of several, in a line for each value of another. */
export function ResponseCards({ settings, kinds, varied, isApart }: Props): ReactElement | null {
  const [over, setOver] = useUrlState("over", "");
  const [by, setBy] = useUrlState("by", "");
  const param = varied.find(({ name }) => name === over) ?? varied.find(({ isNumeric }) => isNumeric) ?? varied[0];
  const others = isApart ? [] : varied.filter((other) => other !== param && other.values.length <= MOST_LINES);
  const split = others.find(({ name }) => name === by) ?? others[0];
  const lines = useMemo(
    () => (param ? responseLines(settings, param, { split, varied, isApart }) : []),
    [settings, param, split, varied, isApart],
  );
  if (!param || !lines.some((line) => line.settings.length > 1)) return null;
  return (
    <section className="wide" aria-label="Response curves">
      <div className="tools study-tools">
        <h2>Response</h2>
        <NameSelect label="Over" names={varied.map(({ name }) => name)} value={param.name} choose={setOver} />
        <NameSelect label="A line for each" names={others.map(({ name }) => name)} value={split?.name ?? ""} choose={setBy} />
        <HeldNote {...{ param, split, varied, settings, isApart }} />
      </div>
      <ScoreCards {...{ lines, param, kinds }} />
    </section>
  );
}

function ScoreCards({
  lines,
  param,
  kinds,
}: {
  lines: readonly ResponseLine[];
  param: VariedParam;
  kinds: readonly ScoreKind[];
}): ReactElement {
  const [isWhole, setWhole] = useState(false);
  const shown = kinds.filter((kind) => drawnLines(lines, kind).length > 0);
  const more = shown.length - AT_FIRST;
  return (
    <>
      <div className="panels">
        {(isWhole ? shown : shown.slice(0, AT_FIRST)).map((score) => (
          <ResponseCard key={score.name} {...{ lines, param, score }} />
        ))}
      </div>
      {more > 0 && (
        <button type="button" className="link more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Fewer scores" : count(more, "more score")}
        </button>
      )}
    </>
  );
}

function ResponseCard({ lines, param, score }: { lines: readonly ResponseLine[]; param: VariedParam; score: ScoreKind }): ReactElement {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const option = useMemo(() => responseOption(drawnLines(lines, score), param, score, colors), [lines, param, score, colors]);
  return (
    <figure className="card">
      <figcaption dir="auto">
        {score.name} <small className="soft">95 % intervals</small>
      </figcaption>
      <Chart option={option} label={`${score.name} over ${param.name}; the table below has the numbers`} height={250} onPick={openRun} />
    </figure>
  );
}

interface LineParts {
  split: VariedParam | undefined;
  varied: readonly VariedParam[];
  isApart: boolean;
}

/** The parameters that are neither drawn over nor split by, at the values of the best setting. */
function heldValues(
  settings: readonly StudySetting[],
  param: VariedParam,
  { split, varied, isApart }: LineParts,
): Map<string, ParamValue | undefined> {
  if (isApart) return new Map();
  const at = settings.find(({ isBest }) => isBest) ?? settings.find(({ params }) => params.has(param.name));
  const held = varied.filter((other) => other !== param && other !== split);
  return new Map(held.map(({ name }) => [name, at?.params.get(name)]));
}

function responseLines(settings: readonly StudySetting[], param: VariedParam, parts: LineParts): ResponseLine[] {
  const held = heldValues(settings, param, parts);
  const { split } = parts;
  if (!split) return [{ name: "", settings: settingsAlong(settings, param, held) }];
  const values: (ParamValue | undefined)[] = settings.some(({ params }) => params.has(param.name) && !params.has(split.name))
    ? [undefined, ...split.values]
    : split.values;
  return values
    .map((value) => ({
      name: `${split.name} ${valueText(value)}`,
      settings: settingsAlong(settings, param, new Map([...held, [split.name, value]])),
    }))
    .filter((line) => line.settings.length > 0);
}

function HeldNote({
  param,
  settings,
  ...parts
}: LineParts & { param: VariedParam; settings: readonly StudySetting[] }): ReactElement | null {
  const held = [...heldValues(settings, param, parts)];
  if (held.length === 0) return null;
  return (
    <p className="soft" dir="auto">
      The others are held at the best setting: {held.map(([name, value]) => `${name} ${valueText(value).slice(0, 60)}`).join(", ")}
    </p>
  );
}
