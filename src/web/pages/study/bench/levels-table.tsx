import type { ReactElement } from "react";
import type { Percentiles } from "../../../api/bench-document.js";
import { formatNumber, formatShare } from "../../../format/numbers.js";
import { PageLink } from "../../../parts/page-link.js";
import { nameOf, type ShownLevel } from "./bench-levels.js";

const HEAD = ["Load", "Requests", "req/s", "tokens/s", "First token", "Between tokens", "Whole answer"];

/** Levels as lines: how much was answered, and how long it took in the median and at worst. */
export function LevelsTable({ levels }: { levels: readonly ShownLevel[] }): ReactElement {
  const hasObjectives = levels.some(({ slos, goodput }) => slos.length > 0 || goodput !== null);
  return (
    <section className="card scroll-x" aria-label="Levels" tabIndex={0} role="region">
      <h2>Levels</h2>
      <p className="item-note">Times: median, and the 99th percentile.</p>
      <table className="plain">
        <thead>
          <tr>
            {[...HEAD, ...(hasObjectives ? ["Good req/s", "Objectives"] : [])].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {levels.map((level) => (
            <Line key={nameOf(level)} {...{ level, hasObjectives }} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Line({ level, hasObjectives }: { level: ShownLevel; hasObjectives: boolean }): ReactElement {
  const { requests, goodput, slos, runId } = level;
  const name = nameOf(level);
  return (
    <tr>
      <th scope="row">
        {runId === null ? name : <PageLink href={`/runs/${runId}`}>{name}</PageLink>}{" "}
        {level.isRunning && <span className="chip">running</span>}
      </th>
      <td className={requests.failed > 0 ? "bad" : undefined}>
        {requests.failed > 0 && `${formatNumber(requests.done - requests.failed)} of `}
        {formatNumber(requests.done)}
      </td>
      <td>{formatNumber(level.requests_per_second)}</td>
      <td>{formatNumber(level.completion_tokens_per_second)}</td>
      <Times of={level.ttft_ms} />
      <Times of={level.itl_ms} />
      <Times of={level.e2e_ms} />
      {hasObjectives && (
        <>
          <td>{goodput === null ? "–" : formatNumber(goodput)}</td>
          <td>
            {slos.map(({ slo, share, met }) => (
              <span key={slo} className={met ? "chip chip-good" : "chip chip-bad"}>
                {slo}: {formatShare(share)}
              </span>
            ))}
          </td>
        </>
      )}
    </tr>
  );
}

function Times({ of: { p50, p99 } }: { of: Percentiles }): ReactElement {
  return <td>{p50 === null ? "–" : `${milliseconds(p50)}, ${milliseconds(p99)} ms`}</td>;
}

function milliseconds(ms: number | null): string {
  if (ms === null) return "–";
  return formatNumber(ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(3)));
}
