import { useMemo, type ReactElement } from "react";
import type { BenchDocument, Percentiles } from "../../../api/bench-document.js";
import type { RunRow } from "../../../api/documents.js";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { Empty } from "../../../parts/states.js";
import { Problems } from "../problems.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { levelsOf, type ShownLevel } from "./bench-levels.js";
import { latencyOption, throughputOption } from "./bench-options.js";
import { LevelsTable } from "./levels-table.js";

const TIMES: readonly { name: string; about: string; of: (level: ShownLevel) => Percentiles }[] = [
  { name: "Time to first token", about: "From when a request was due to its first token.", of: (level) => level.ttft_ms },
  { name: "Time between tokens", about: "Of all tokens after the first.", of: (level) => level.itl_ms },
  { name: "Whole answer", about: "From when a request was due to its last token.", of: (level) => level.e2e_ms },
];

/** A load test: what is answered and how long it takes, over the load. It follows the level that runs. */
export function BenchView({ document, runs }: { document: BenchDocument | undefined; runs: readonly RunRow[] }): ReactElement {
  const levels = useMemo(() => levelsOf(document, runs), [document, runs]);
  if (levels.length === 0) {
    return (
      <Empty title="No level has an answer yet">
        <p>{document?.errors[0] ?? "The first times come within seconds."}</p>
      </Empty>
    );
  }
  const errors = levels.flatMap((level) => level.errors.map(({ code, message, requests }) => ({ code, message, cells: requests })));
  return (
    <>
      {(document?.errors ?? []).map((why) => (
        <div key={why} className="notice notice-bad">
          <p dir="auto">{why}</p>
        </div>
      ))}
      <LevelsTable levels={levels} />
      <div className="columns bench-charts">
        <Throughput levels={levels} />
        {TIMES.map(({ name, about, of }) => (
          <LatencyCard key={name} {...{ levels, name, about, of }} />
        ))}
      </div>
      <Problems errors={errors} checks={[]} />
    </>
  );
}

function Throughput({ levels }: { levels: readonly ShownLevel[] }): ReactElement {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [tokens, requests] = useMemo(
    () => (["tokens", "requests"] as const).map((unit) => throughputOption(levels, unit, colors)),
    [levels, colors],
  );
  return (
    <>
      <section className="card" aria-label="Tokens a second">
        <h2>Tokens a second</h2>
        <p className="item-note">Completion tokens of all requests together.</p>
        {tokens && <Chart option={tokens} label="Tokens a second over the load" onPick={openRun} />}
      </section>
      <section className="card" aria-label="Requests a second">
        <h2>Requests a second</h2>
        <p className="item-note">Those that were answered.</p>
        {requests && <Chart option={requests} label="Requests a second over the load" onPick={openRun} />}
      </section>
    </>
  );
}

interface LatencyProps {
  levels: readonly ShownLevel[];
  name: string;
  about: string;
  of: (level: ShownLevel) => Percentiles;
}

function LatencyCard({ levels, name, about, of }: LatencyProps): ReactElement {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const option = useMemo(() => latencyOption(levels, of, colors), [levels, of, colors]);
  const hasIntervals = levels.some((level) => of(level).intervals);
  return (
    <section className="card" aria-label={name}>
      <h2>{name}</h2>
      <p className="item-note">
        {about}
        {hasIntervals ? " Bars are 95 % intervals." : ""}
      </p>
      <Chart option={option} label={`${name} over the load: median, 90th, and 99th percentile`} onPick={openRun} />
    </section>
  );
}
