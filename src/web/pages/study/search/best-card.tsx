import type { ReactElement } from "react";
import type { OptimizationDocument } from "../../../api/search-document.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatInterval, formatScore } from "../../../format/scores.js";
import { PageLink } from "../../../parts/page-link.js";
import { formatOf } from "./search-options.js";

/** The setting believed best, or what comes nearest where no trial keeps all constraints. */
export function BestCard({
  document: { best, nearest, objectives, constraints },
}: {
  document: OptimizationDocument;
}): ReactElement | null {
  const [objective] = objectives;
  if (!objective || (!best && !nearest && constraints.length === 0)) return null;
  return (
    <section className="card" aria-label="Best">
      <h2>{best ? "Believed best" : nearest ? "No trial keeps all constraints" : "Constraints"}</h2>
      {best ? <Best best={best} objective={objective} /> : nearest && <Nearest nearest={nearest} />}
      {constraints.length > 0 && (
        <p className="soft" dir="auto">
          Constraints: {constraints.join(", ")}
        </p>
      )}
    </section>
  );
}

interface BestProps {
  best: NonNullable<OptimizationDocument["best"]>;
  objective: OptimizationDocument["objectives"][number];
}

function Best({ best, objective }: BestProps): ReactElement {
  const format = formatOf(objective);
  const params = Object.entries(best.params).map(([name, value]) => `${name} ${String(value).slice(0, 200)}`);
  return (
    <p dir="auto">
      <TrialLink {...best} />: {params.join(", ")}, {format.name} {formatScore(format, best.mean)}{" "}
      <small className="soft">{formatInterval(format, best)} with 95 %, for rows like those searched with</small>
    </p>
  );
}

function Nearest({ nearest }: { nearest: NonNullable<OptimizationDocument["nearest"]> }): ReactElement {
  const broken = nearest.broken.map(({ condition, value }) => `${condition} (${formatNumber(value)})`);
  return (
    <p dir="auto">
      Nearest: <TrialLink {...nearest} />; it breaks {broken.join(", ")}
    </p>
  );
}

function TrialLink({ trial, run_id }: { trial: number; run_id: string | null }): ReactElement {
  const name = `Trial ${trial + 1}`;
  return run_id === null ? <>{name}</> : <PageLink href={`/runs/${run_id}`}>{name}</PageLink>;
}
