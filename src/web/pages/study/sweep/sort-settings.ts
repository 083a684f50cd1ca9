import { compareNatural } from "../../../../lib/base/pages/texts.js";
import type { VariedParam } from "./layout.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

interface Known {
  kinds: readonly ScoreKind[];
  varied: readonly VariedParam[];
}

/**
 * Settings in the order that a text means: "name", "p.PARAM", or "s.SCORE" sort by a column, its best values first, with a minus before it
 * the other way; anything else leaves them as they are. What a setting lacks comes last in any case.
 */
export function sortedSettings(settings: readonly StudySetting[], sort: string, { kinds, varied }: Known): StudySetting[] {
  const sign = sort.startsWith("-") ? -1 : 1;
  const id = sort.replace(/^-/, "");
  if (id === "name") return [...settings].sort((a, b) => sign * compareNatural(a.name, b.name));
  const param = varied.find(({ name }) => id === `p.${name}`);
  const kind = kinds.find(({ name }) => id === `s.${name}`);
  const rank = param ? paramRank(param) : kind ? scoreRank(kind) : undefined;
  if (!rank) return [...settings];
  const ranked = settings.map((setting) => ({ setting, at: rank(setting) }));
  return ranked.sort((a, b) => compare(a.at, b.at, sign)).map(({ setting }) => setting);
}

function compare(a: number | undefined, b: number | undefined, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return sign * (a - b);
}

function paramRank({ name, values }: VariedParam): (setting: StudySetting) => number | undefined {
  return ({ params }) => (params.has(name) ? values.indexOf(params.get(name) ?? null) : undefined);
}

function scoreRank({ name, direction }: ScoreKind): (setting: StudySetting) => number | undefined {
  const sign = direction === "min" ? 1 : -1;
  return ({ scores }) => {
    const mean = scores.get(name)?.mean;
    return mean === undefined ? undefined : sign * mean;
  };
}
