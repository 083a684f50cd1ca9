import type { ReactElement, ReactNode } from "react";
import { formatNumber } from "../../../format/numbers.js";
import { formatDifference, formatInterval, formatP } from "../../../format/scores.js";
import type { PairDocument } from "../../../api/sweep-document.js";
import { DifferenceBar } from "../difference-bar.js";
import { Verdict } from "../verdict.js";
import type { ScoreKind } from "./study-settings.js";

/** What was found of two settings, sample by sample. */
type Compared = Pick<PairDocument, "difference" | "low" | "high" | "confidence" | "p_value" | "samples" | "verdict">;

interface FrameProps {
  /** As in "Table of verdicts". */
  label: string;
  /** Heads of the first two columns: what was compared, and the verdict on it. */
  heads: readonly [string, string];
  children: ReactNode;
}

/** A table of verdicts with their differences, intervals, and p values; its rows are `VerdictRow`s. */
export function VerdictTable({ label, heads, children }: FrameProps): ReactElement {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table className="plain study-table">
        <thead>
          <tr>
            {[...heads, "Difference", "", "p", "Samples"].map((name, i) => (
              <th key={i} scope="col" className={i === 1 ? "left" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface RowProps {
  /** What was compared. */
  name: ReactNode;
  compared: Compared;
  score: ScoreKind;
  /** The greatest difference, or end of an interval, of the whole table: its bars have one scale. */
  reach: number;
  /** What else is said of the samples. */
  note?: ReactNode;
}

export function VerdictRow({ name, compared, score, reach, note }: RowProps): ReactElement {
  const { difference, p_value, samples, verdict, confidence } = compared;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="left">
        <Verdict verdict={verdict} />
      </td>
      <td title={`${difference}; confidence ${formatNumber(100 * confidence)} %`}>
        {formatDifference(score, difference)} <small>{formatInterval(score, compared)}</small>
      </td>
      <td>
        <DifferenceBar {...compared} reach={reach} />
      </td>
      <td>{formatP(p_value)}</td>
      <td>
        {formatNumber(samples)}
        {note}
      </td>
    </tr>
  );
}

/** How far the differences and intervals of a table reach from nothing. */
export function reachOf(all: readonly Pick<Compared, "difference" | "low" | "high">[]): number {
  return Math.max(...all.flatMap(({ difference, low, high }) => [difference, low ?? 0, high ?? 0].map(Math.abs)));
}

/** The name of a setting, which may be long and in any script. */
export function SettingName({ name, children = name }: { name: string; children?: ReactNode }): ReactElement {
  return (
    <span className="setting-name" dir="auto" title={name.slice(0, 500)}>
      {children}
    </span>
  );
}
