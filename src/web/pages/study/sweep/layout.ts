import type { ParamValue } from "../../../api/study-parts.js";
import type { StudySetting } from "./study-settings.js";

/** A parameter in which settings differ, with its values in order. */
export interface VariedParam {
  name: string;
  values: ParamValue[];
  isNumeric: boolean;
}

/** The parameters in which settings differ. Left alone is no value of a parameter. */
export function variedParams(settings: readonly StudySetting[]): VariedParam[] {
  const names = [...new Set(settings.flatMap(({ params }) => [...params.keys()]))];
  return names.flatMap((name) => {
    const values = [...new Set(settings.flatMap(({ params }) => (params.has(name) ? [params.get(name) ?? null] : [])))];
    const isLeftAlone = settings.some(({ params }) => !params.has(name));
    if (values.length + (isLeftAlone ? 1 : 0) < 2) return [];
    const isNumeric = values.every((value) => typeof value === "number");
    return [{ name, isNumeric, values: isNumeric ? values.sort((a, b) => a - b) : values }];
  });
}

/** Whether parameters were varied one at a time: no setting has two of them. */
export function isOneAtATime(settings: readonly StudySetting[], varied: readonly VariedParam[]): boolean {
  return settings.every(({ params }) => varied.filter(({ name }) => params.has(name)).length <= 1);
}

/** Settings with each value of a parameter, in order; those where the others are as `held` says. */
export function settingsAlong(
  settings: readonly StudySetting[],
  { name, values }: VariedParam,
  held: ReadonlyMap<string, ParamValue | undefined>,
): StudySetting[] {
  const fits = ({ params }: StudySetting) => [...held].every(([other, value]) => params.get(other) === value);
  const along = settings.filter((setting) => setting.params.has(name) && fits(setting));
  const place = ({ params }: StudySetting) => values.indexOf(params.get(name) ?? null);
  return along.sort((a, b) => place(a) - place(b));
}

/** Whether enough of the settings that two parameters can make were tried for a map of them. */
export function isGrid(settings: readonly StudySetting[], x: VariedParam, y: VariedParam): boolean {
  const pairs = new Set(
    settings
      .filter(({ params }) => params.has(x.name) && params.has(y.name))
      .map(({ params }) => `${place(x, params)},${place(y, params)}`),
  );
  return x.values.length > 1 && y.values.length > 1 && pairs.size * 2 > x.values.length * y.values.length;
}

function place({ name, values }: VariedParam, params: StudySetting["params"]): number {
  return values.indexOf(params.get(name) ?? null);
}

/** A parameter's value for people, in one line. */
export function valueText(value: ParamValue | undefined): string {
  if (value === undefined) return "as usual";
  return value === "" ? "empty" : String(value).replaceAll(/\s+/gu, " ");
}
