import type { ReactElement } from "react";
import { formatShare } from "../../../format/numbers.js";

interface Props {
  importance: readonly { name: string; share: number }[];
  objective: string;
}

/** How much of what is believed each parameter moves by itself. */
export function ImportanceCard({ importance, objective }: Props): ReactElement {
  const rest = Math.max(0, 1 - importance.reduce((sum, { share }) => sum + share, 0));
  const bars = [...importance, ...(rest >= 0.005 ? [{ name: "together only", share: rest }] : [])];
  return (
    <section className="card" aria-label="Importance">
      <h2>What moves {objective}</h2>
      <p className="soft">Shares of the variance that is believed over the space: of each parameter alone.</p>
      <dl className="bars">
        {bars.map(({ name, share }) => (
          <div key={name}>
            <dt dir="auto" title={name.slice(0, 300)}>
              {name}
            </dt>
            <dd>
              <span className="meter">
                <span style={{ width: `${100 * share}%` }} />
              </span>
              {formatShare(share)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
