import type { ReactElement } from "react";

interface Props {
  difference: number;
  low: number | null;
  high: number | null;
  /** The greatest distance from zero that is drawn. */
  reach: number;
}

/** A difference and its interval as a line around zero. The numbers stand beside it. */
export function DifferenceBar({ difference, low, high, reach }: Props): ReactElement {
  const place = (value: number) => `${50 + 48 * (reach > 0 ? Math.min(1, Math.max(-1, value / reach)) : 0)}%`;
  return (
    <svg className="difference-bar" aria-hidden="true">
      <line className="zero" x1="50%" x2="50%" y1="0" y2="100%" />
      {low !== null && high !== null && <line className="interval" x1={place(low)} x2={place(high)} y1="50%" y2="50%" />}
      <circle cx={place(difference)} cy="50%" r="4" />
    </svg>
  );
}
