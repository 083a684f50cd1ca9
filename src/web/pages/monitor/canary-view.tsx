import { useMemo, type ReactElement } from "react";
import { Link } from "wouter";
import type { CanaryMetric, CanaryRound } from "../../api/monitors.js";
import { Chart } from "../../charts/chart.js";
import { useChartColors } from "../../charts/colors.js";
import { formatMetric, formatNumber } from "../../format/numbers.js";
import { formatP } from "../../format/scores.js";
import { formatTime } from "../../format/times.js";
import { Command } from "../../parts/command.js";
import { usePlace } from "../../parts/place.js";
import { Empty } from "../../parts/states.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { canariesOf, driftsOf, metricsOf, stateOf, type Canary, type RoundState } from "./canary-data.js";
import { canaryOption } from "./canary-option.js";

const STATES: Record<RoundState, { word: string; tone: string }> = {
  fine: { word: "no drift", tone: "good" },
  drift: { word: "drift", tone: "bad" },
  "cannot tell": { word: "cannot tell", tone: "none" },
  saved: { word: "saved", tone: "info" },
};

/** Whether models still answer as they did: rounds of canaries, by canary and server. */
export function CanaryView({ rounds }: { rounds: readonly CanaryRound[] }): ReactElement {
  const canaries = useMemo(() => canariesOf(rounds), [rounds]);
  if (canaries.length === 0) {
    return (
      <Empty title="No canary has been asked yet">
        <p>A canary asks fixed prompts again and again, and says when the answers have drifted from those that were saved.</p>
        <Command label="Save the answers" line="llmops monitor canary http://127.0.0.1:8080 --bless" />
        <Command label="Compare later" line="llmops monitor canary http://127.0.0.1:8080 --interval 6h" />
      </Empty>
    );
  }
  return (
    <>
      {canaries.map((canary) => (
        <CanaryCard key={canary.key} canary={canary} />
      ))}
    </>
  );
}

function CanaryCard({ canary: { name, target, rounds } }: { canary: Canary }): ReactElement {
  const [asked, ask] = useUrlState("round", "");
  const shown = rounds.find(({ run_id }) => run_id === asked) ?? rounds[0];
  const { comparison } = shown?.document ?? {};
  return (
    <section className="card canary" aria-label={`Canary ${name} of ${target}`}>
      <div className="title-line">
        <h2 dir="auto">{name}</h2>
        <span className="soft" dir="auto">
          {shown?.document.model} at {target}
        </span>
      </div>
      <div className="canary-columns">
        <Rounds rounds={rounds} shown={shown} show={ask} />
        <div className="column">
          <p className="verdict" dir="auto">
            {shown?.verdict}
          </p>
          {comparison && (
            <>
              <p className="soft">
                {formatNumber(comparison.identical)} of {formatNumber(comparison.samples)} samples have identical answers.
              </p>
              <Metrics metrics={comparison.metrics} />
            </>
          )}
          <Drifts rounds={rounds} />
        </div>
      </div>
    </section>
  );
}

interface RoundsProps {
  rounds: readonly CanaryRound[];
  shown: CanaryRound | undefined;
  show: (runId: string) => void;
}

function Rounds({ rounds, shown, show }: RoundsProps): ReactElement {
  const { isFile } = usePlace();
  return (
    <ul className="rounds" aria-label="Rounds">
      {rounds.map((round) => (
        <li key={round.run_id}>
          <button type="button" aria-pressed={round === shown} onClick={() => show(round.run_id)}>
            <time>{formatTime(Date.parse(round.document.time))}</time>
            <StateWord state={stateOf(round)} />
          </button>
          {!isFile && (
            <Link href={`/runs/${round.run_id}`} aria-label={`The run of the round of ${formatTime(Date.parse(round.document.time))}`}>
              Run
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function StateWord({ state }: { state: RoundState }): ReactElement {
  const { word, tone } = STATES[state];
  return (
    <span className="health" data-health={tone}>
      {word}
    </span>
  );
}

function Metrics({ metrics }: { metrics: readonly CanaryMetric[] }): ReactElement {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Metrics of the round">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">metric</th>
            <th scope="col">saved</th>
            <th scope="col">now</th>
            <th scope="col">difference (95 %)</th>
            <th scope="col">tolerated</th>
            <th scope="col">p: mean, shape</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <MetricRow key={metric.metric} metric={metric} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MetricRow({ metric }: { metric: CanaryMetric }): ReactElement {
  const { before, now, difference, low, high, tolerance, p_mean, p_shape, state } = metric;
  const value = (number: number) => formatMetric(metric.metric, Number(number.toPrecision(3)));
  return (
    <tr>
      <th scope="row" dir="auto">
        {metric.metric}
      </th>
      <td>{value(before)}</td>
      <td>{value(now)}</td>
      <td>
        {value(difference)} {low !== null && high !== null && <small>{`[${value(low)}, ${value(high)}]`}</small>}
      </td>
      <td>±{value(tolerance)}</td>
      <td>
        {formatP(p_mean)}, {formatP(p_shape)}
      </td>
      <td>
        <StateWord state={state} />
      </td>
    </tr>
  );
}

function Drifts({ rounds }: { rounds: readonly CanaryRound[] }): ReactElement | null {
  const metrics = useMemo(() => metricsOf(rounds), [rounds]);
  const [chosen, choose] = useUrlState("metric", "");
  const metric = metrics.includes(chosen) ? chosen : (metrics[0] ?? "");
  const colors = useChartColors();
  const option = useMemo(() => canaryOption(metric, driftsOf(rounds, metric), colors), [metric, rounds, colors]);
  if (metrics.length === 0) return null;
  return (
    <figure>
      <figcaption>
        <label>
          Difference of
          <select value={metric} onChange={(event) => choose(event.target.value)}>
            {metrics.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <small className="soft">to the saved answers, with what is tolerated (dashed)</small>
      </figcaption>
      <Chart option={option} label={`Difference of ${metric} over the rounds`} height={240} />
    </figure>
  );
}
