/** Every combination of the dimensions' values, the last dimension changing fastest. */
export function gridSettings(dimensions: readonly { name: string; values: readonly number[] }[]): Record<string, number>[] {
  return dimensions.reduce<Record<string, number>[]>(
    (settings, { name, values }) => settings.flatMap((setting) => values.map((value) => ({ ...setting, [name]: value }))),
    [{}],
  );
}
