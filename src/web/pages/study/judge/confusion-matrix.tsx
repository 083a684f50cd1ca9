import type { ReactElement } from "react";
import { inkOn, sequentialColor } from "../../../charts/sequential.js";
import { useChartColors } from "../../../charts/colors.js";
import { formatNumber } from "../../../format/numbers.js";

interface Props {
  /** By row, then column. */
  confusion: readonly (readonly number[])[];
  names: readonly string[];
  rows?: string;
  columns?: string;
}

/** How often what one side said met what the other said; agreement is on the diagonal. */
export function ConfusionMatrix({ confusion, names, rows = "People", columns = "Judge" }: Props): ReactElement {
  const { isDark } = useChartColors();
  const most = Math.max(1, ...confusion.flat());
  return (
    <div className="scroll-x">
      <table className="confusion">
        <caption className="visually-hidden">
          {rows} in rows, {columns} in columns
        </caption>
        <thead>
          <tr>
            <th scope="col">
              {rows} ↓ {columns} →
            </th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, i) => (
            <tr key={names[i] ?? i}>
              <th scope="row">{names[i]}</th>
              {row.map((number, j) => (
                <td
                  key={j}
                  data-same={i === j || undefined}
                  style={{ background: sequentialColor(number / most, isDark), color: inkOn(number / most, isDark) }}
                >
                  {formatNumber(number)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
