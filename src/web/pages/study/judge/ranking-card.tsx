import { useMemo, type ReactElement } from "react";
import type { PairwiseDocument } from "../../../api/judge-documents.js";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { forestHeight, forestOption } from "../../../charts/forest.js";
import { formatInterval, formatScore } from "../../../format/scores.js";

const STRENGTH = { name: "strength", isRate: false };

/** Bradley-Terry strengths with intervals, the best first. */
export function RankingCard({ ranking }: { ranking: PairwiseDocument["criteria"][string]["ranking"] }): ReactElement {
  const colors = useChartColors();
  const lines = useMemo(
    () =>
      ranking.map(({ name, strength: mean, low, high, letters }) => ({
        name: `${name}  ${letters}`,
        mean,
        low,
        high,
        notes: [],
        isMarked: false,
      })),
    [ranking],
  );
  const option = useMemo(() => forestOption(lines, STRENGTH, colors, 0), [lines, colors]);
  return (
    <figure className="card">
      <figcaption>
        Ranking <small className="soft">Bradley-Terry strengths in logits, 95 %; who share a letter are not told apart</small>
      </figcaption>
      <Chart option={option} label="Strengths of the contestants" height={forestHeight(lines)} />
      <ul className="visually-hidden">
        {ranking.map(({ name, strength, ...ends }) => (
          <li key={name}>
            {name.slice(0, 200)}: {formatScore(STRENGTH, strength)} {formatInterval(STRENGTH, ends)}
          </li>
        ))}
      </ul>
    </figure>
  );
}
