import type { ReactElement } from "react";

interface Props {
  label: string;
  names: readonly string[];
  value: string;
  choose: (name: string) => void;
}

/** Chooses one of some names; nothing where there is no choice. */
export function NameSelect({ label, names, value, choose }: Props): ReactElement | null {
  if (names.length < 2) return null;
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name.slice(0, 80)}
          </option>
        ))}
      </select>
    </label>
  );
}
