import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import type { PairedVerdict, RunComparison } from "../../api/evidence.js";
import { formatNumber } from "../../format/numbers.js";
import { PageLink } from "../../parts/page-link.js";
import { Failure, Loading } from "../../parts/states.js";

const NOTES = 5;

interface Props {
  runs: readonly RunRow[];
  baseline: RunRow;
  comparison: UseQueryResult<RunComparison>;
  /** Where the baseline can be another. */
  chooseBaseline?: ((runId: string) => void) | undefined;
  chooseScore: (score: string) => void;
}

/** What paired tests tell of each run beside the baseline. */
export function Verdicts({ runs, baseline, comparison, chooseBaseline, chooseScore }: Props): ReactElement {
  const { data, error, refetch, isPlaceholderData } = comparison;
  return (
    <section className="card" aria-label="Verdicts" data-stale={isPlaceholderData}>
      <div className="card-head">
        <h2>Verdicts</h2>
        <div className="tools">
          {data && data.scores.length > 0 && (
            <label>
              Score
              <select value={data.score ?? ""} onChange={(event) => chooseScore(event.target.value)}>
                {data.scores.map((score) => (
                  <option key={score}>{score}</option>
                ))}
              </select>
            </label>
          )}
          {chooseBaseline ? (
            <label>
              beside
              <select value={baseline.run_id} onChange={(event) => chooseBaseline(event.target.value)}>
                {runs.map(({ run_id, run_name }) => (
                  <option key={run_id} value={run_id}>
                    {run_name === "" ? run_id : run_name}
                  </option>
                ))}
              </select>
            </label>
          ) : (
            <span className="beside" dir="auto">
              beside {baseline.run_name}
            </span>
          )}
        </div>
      </div>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Loading lines={4} label="Comparing sample by sample" />
      ) : data.score === null ? (
        <p className="soft">
          {baseline.run_name} has no scores of single samples (eval_results_table.json), so that nothing can be told sample by sample.
          Sweeps, evaluations, and judgments record them.
        </p>
      ) : (
        <VerdictTable runs={runs} baseline={baseline} comparison={data} />
      )}
    </section>
  );
}

function VerdictTable({ runs, baseline, comparison }: Pick<Props, "runs" | "baseline"> & { comparison: RunComparison }): ReactElement {
  const pairs = new Map(comparison.pairs.map((pair) => [pair.run_id, pair]));
  const others = runs.filter(({ run_id }) => run_id !== baseline.run_id);
  const inOrder = [...others].sort(
    (a, b) => (pairs.get(b.run_id)?.difference ?? -Infinity) - (pairs.get(a.run_id)?.difference ?? -Infinity),
  );
  return (
    <>
      <div className="scroll-x verdict-rows">
        <table className="plain texts">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Verdict</th>
              <th scope="col">Difference of {comparison.score}</th>
              <th scope="col">p</th>
              <th scope="col">Samples</th>
            </tr>
          </thead>
          <tbody>
            {inOrder.map((run) => (
              <VerdictLine key={run.run_id} run={run} pair={pairs.get(run.run_id)} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft">
        Paired tests over the samples that both scored; p values and intervals are corrected for {others.length}{" "}
        {others.length === 1 ? "comparison" : "comparisons"} (Holm).
      </p>
      {comparison.notes.slice(0, NOTES).map((note) => (
        <p key={note} className="soft" dir="auto">
          {note}
        </p>
      ))}
      {comparison.notes.length > NOTES && <p className="soft">{formatNumber(comparison.notes.length - NOTES)} more notes of this kind.</p>}
    </>
  );
}

const SIGNS: Record<string, string> = { better: "▲", worse: "▼", higher: "▲", lower: "▼", "no difference": "=", "cannot tell": "?" };

function VerdictLine({ run, pair }: { run: RunRow; pair: PairedVerdict | undefined }): ReactElement {
  return (
    <tr>
      <th scope="row">
        <PageLink href={`/runs/${run.run_id}`} dir="auto">
          {run.run_name === "" ? run.run_id : run.run_name}
        </PageLink>
      </th>
      {pair ? (
        <>
          <td>
            <span className="verdict-word" data-verdict={pair.verdict}>
              <span aria-hidden="true">{SIGNS[pair.verdict]}</span> {pair.verdict}
            </span>
            {pair.further_samples !== null && <small> about {formatNumber(pair.further_samples)} more samples would</small>}
          </td>
          <td>
            {signed(pair.difference)}
            {pair.low !== null && pair.high !== null && (
              <small>
                {" "}
                [{signed(pair.low)}, {signed(pair.high)}]
              </small>
            )}
          </td>
          <td title={pair.test}>{pair.p_value < 0.001 ? "< 0.001" : formatNumber(pair.p_value)}</td>
          <td>{formatNumber(pair.samples)}</td>
        </>
      ) : (
        <td colSpan={4} className="soft">
          cannot tell: no sample was scored by both
        </td>
      )}
    </tr>
  );
}

function signed(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}
