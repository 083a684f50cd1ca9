type Value = number | string;

export interface Values {
  name: string;
  values: readonly Value[];
}

/** Every combination of the dimensions' values, the last dimension changing fastest. */
export function gridSettings(dimensions: readonly Values[]): Record<string, Value>[] {
  return dimensions.reduce<Record<string, Value>[]>(
    (settings, { name, values }) => settings.flatMap((setting) => values.map((value) => ({ ...setting, [name]: value }))),
    [{}],
  );
}

/** The first values of all dimensions together, then the second ones, ...; all have the same number of values. */
export function zipSettings(dimensions: readonly Values[]): Record<string, Value>[] {
  return (dimensions[0]?.values ?? []).map((_, index) =>
    Object.fromEntries(dimensions.map(({ name, values }) => [name, values[index] as Value])),
  );
}

/** Each dimension's values with the others left alone. */
export function singleSettings(dimensions: readonly Values[]): Record<string, Value>[] {
  return dimensions.flatMap(({ name, values }) => values.map((value) => ({ [name]: value })));
}
