import { short } from "../../../charts/common-options.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatInterval, formatScore } from "../../../format/scores.js";
import type { Score, ScoreKind, StudySetting } from "./study-settings.js";

/** A setting's score in the lines of a tooltip. */
export function settingText(setting: StudySetting, kind: ScoreKind): string {
  const score = setting.scores.get(kind.name);
  const value = score
    ? [`${kind.name} ${formatScore(kind, score.mean)} ${formatInterval(kind, score)}`.trim(), sizeText(setting, score)]
    : ["not scored"];
  return [short(setting.name, 60), ...value, ...(setting.isBest ? [setting.bestName] : setting.isTied ? ["tied with the best"] : [])].join(
    "\n",
  );
}

/** How much a score rests on: samples, or the cells there are where the samples are not counted yet. */
export function sizeText({ cells }: Pick<StudySetting, "cells">, { n }: Score): string {
  return n === null ? `${formatNumber(cells.done)} cells so far` : `n = ${formatNumber(n)}`;
}
