import { z } from "zod";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { meets, type Slo } from "../slo/slo.js";
import { evaluate, readingsOf, type Expression } from "./expression.js";
import { History, toWindow } from "./history.js";
import { detectDialect, expressionsFor, MEASURE_NAMES, measureOf, type Dialect, type MeasureName, type Measured } from "./measures.js";
import type { Probe, ProbeResult } from "./probe.js";
import { scrape, type Scrape } from "./scrape.js";
import { savedTotalsSchema, SeriesTotals, startOf } from "./series-totals.js";
import { SloLedger, sloEntrySchema } from "./slo-ledger.js";
import { sloSource, type SloSource } from "./slo-source.js";
import { emptySnapshot, type Snapshot } from "./snapshot.js";

export interface WatchOptions {
  url: string;
  apiKey?: string | undefined;
  /** None where only metrics are read. */
  probe?: Probe | undefined;
  slos: readonly Slo[];
  /** How far back rates and quantiles go. */
  windowMs: number;
  /** The first poll is compared with the last one of an earlier watch, or else with the server's start. */
  looksBack?: boolean;
  /** Between two polls, at most; absent where there is one alone. */
  paceMs?: number;
}

export const savedWatchSchema = z.object({
  totals: savedTotalsSchema.optional(),
  ledgers: z.record(z.string(), z.array(sloEntrySchema).readonly()),
  counted: z.array(z.string()).readonly().optional().describe("The objectives whose requests the server counts."),
  unseen: z.literal(true).optional().describe("The server has not answered yet."),
});

/** What a watch knows, to resume it after it was stopped. */
export type SavedWatch = z.infer<typeof savedWatchSchema>;

/** What one poll of a server found. */
export interface Poll {
  time: number;
  target: string;
  /** It answered. */
  up: boolean;
  /** Undefined where it has no metrics. */
  dialect: Dialect | undefined;
  measured: Measured;
  /** The same over another window, for rules that look further back. */
  measuredOver: (ms: number) => Measured;
  probe: ProbeResult | undefined;
  errors: string[];
}

/** Polls one server again and again. */
export class ServerWatch {
  readonly target: string;
  readonly ledgers: readonly SloLedger[];
  private readonly options: WatchOptions;
  private history = new History();
  /** Of the last scrape, also before this process. */
  private previous: Snapshot | undefined;
  /** However long ago it was: only a watch that looks back has it. */
  private earlier: Snapshot | undefined;
  private dialect: Dialect | undefined;
  private readonly totals: SeriesTotals;
  /** What the server has, also what has not counted yet. */
  private names: ReadonlySet<string> = new Set();
  private declared: ReadonlySet<string> = new Set();
  /** Objectives whose requests the server counts, also while it cannot be reached. */
  private counted: ReadonlySet<string>;
  private isUnseen: boolean;
  private path: string | undefined;

  constructor(options: WatchOptions, saved?: SavedWatch) {
    this.options = options;
    this.target = withoutTrailingSlashes(options.url);
    this.ledgers = options.slos.map((slo) => new SloLedger(slo, saved?.ledgers[slo.text]));
    this.totals = new SeriesTotals(saved?.totals);
    this.previous = saved?.totals && emptySnapshot(saved.totals.time);
    this.counted = new Set(saved?.counted);
    this.isUnseen = saved ? saved.unseen === true : true;
  }

  /** What to keep. */
  get saved(): SavedWatch {
    return {
      totals: this.totals.saved,
      ledgers: Object.fromEntries(this.ledgers.map(({ slo, entries }) => [slo.text, entries])),
      counted: [...this.counted],
      ...(this.isUnseen && { unseen: true }),
    };
  }

  /** How many scrapes are in memory. */
  get scrapes(): number {
    return this.history.size;
  }

  /** Scrapes and probes at the same time. What went wrong is in the result; throws only what interrupts it, and then counts nothing. */
  async poll(time: number, signal: AbortSignal): Promise<Poll> {
    const { scraped, probed, errors } = await this.ask(signal);
    if (scraped) this.take(scraped, time);
    this.path = scraped?.path;
    const isAnswered = probed !== undefined && probed.error === undefined;
    const up = scraped !== null && (scraped !== undefined || isAnswered);
    // it answers, and has no metrics (any more)
    if (up && !scraped) this.counted = new Set();
    if (scraped || isAnswered) this.isUnseen = false;
    this.countProbe(probed, time);
    const measuredOver = (ms: number): Measured => ({ ...(scraped && this.measure(ms)), ...probeMeasures(probed) });
    const dialect = scraped ? this.dialect : undefined;
    return { time, target: this.target, up, dialect, measured: measuredOver(this.options.windowMs), measuredOver, probe: probed, errors };
  }

  /** The server's metrics (undefined where it has none, null where it cannot be reached), and what came of the probe. */
  private async ask(signal: AbortSignal) {
    const { url, apiKey, probe } = this.options;
    const errors: string[] = [];
    const scraping = scrape({ url, apiKey, path: this.path, signal }).catch((error: unknown) => {
      errors.push(toLlmopsError(error).message);
      return null;
    });
    const [scraped, probed] = await Promise.all([scraping, probe?.send(signal)]);
    if (isInterrupted(signal)) throw signal.reason;
    // of a server that cannot be reached once is enough
    if (probed?.error !== undefined && errors.length === 0) errors.push(`probe: ${probed.error}`);
    return { scraped, probed, errors };
  }

  private take({ samples, declared }: Scrape, time: number): void {
    this.names = new Set(samples.map(({ name }) => name));
    this.declared = declared;
    const dialect = detectDialect(this.names);
    if (dialect !== this.dialect) this.history = new History();
    this.dialect = dialect;
    const sources = this.ledgers.map(({ slo }) => (dialect === undefined ? undefined : sloSource(slo, dialect, samples)));
    this.counted = new Set(this.ledgers.flatMap(({ slo }, i) => (sources[i] ? [slo.text] : [])));
    if (dialect === undefined) return;
    const ofObjectives = sources.flatMap((own) => (own ? [own.good, own.total] : []));
    const ofMeasures = MEASURE_NAMES.flatMap((name) => this.expressionsOf(name, dialect));
    const fromZero = this.lookBack(startOf(samples), time);
    const snapshot = this.totals.take(samples, [...ofMeasures, ...ofObjectives], time, fromZero);
    this.countObjectives(snapshot, sources);
    this.history.add(snapshot);
    this.previous = snapshot;
  }

  /** What the first scrape is compared with: the last of an earlier watch, or everything at 0 when the server started, which is true. */
  private lookBack(startedAt: number | undefined, time: number): boolean {
    if (!this.options.looksBack || this.history.size > 0) return false;
    const fromStart = !this.previous && startedAt !== undefined && startedAt < time;
    if (fromStart) this.previous = emptySnapshot(startedAt);
    this.earlier = this.previous;
    return fromStart;
  }

  private countObjectives(snapshot: Snapshot, sources: readonly (SloSource | undefined)[]): void {
    const { previous } = this;
    for (const [i, ledger] of this.ledgers.entries()) {
      const source = sources[i];
      if (!source) continue;
      // probes of a server that had not answered yet, and turns out to count for itself
      if (this.isUnseen) ledger.clear();
      if (!previous || previous.time >= snapshot.time) continue;
      const window = toWindow(previous, snapshot);
      const [good, total] = [evaluate(source.good, window) ?? 0, evaluate(source.total, window) ?? 0];
      if (total > 0) ledger.add(previous.time, snapshot.time, { good: Math.min(good, total), total });
    }
  }

  /** Where a server does not count an objective, the probe's requests are what there is. */
  private countProbe(probed: ProbeResult | undefined, time: number): void {
    if (!probed) return;
    for (const ledger of this.ledgers) {
      if (this.counted.has(ledger.slo.text)) continue;
      ledger.add(time, time, { good: meets(toRequest(probed), ledger.slo) ? 1 : 0, total: 1 });
    }
  }

  private measure(ms: number): Measured {
    const { dialect, history } = this;
    const { latest } = history;
    if (dialect === undefined || !latest) return {};
    const since = this.earlier && history.size === 1 ? toWindow(this.earlier, latest) : undefined;
    const window = history.window(ms) ?? since;
    const measured: Measured = {};
    for (const name of MEASURE_NAMES) {
      const [expression] = this.expressionsOf(name, dialect);
      if (!expression || (!window && !isGauge(expression))) continue;
      const value = evaluate(expression, window ?? toWindow(latest, latest));
      if (value !== undefined) measured[name] = value;
    }
    return measured;
  }

  /** How a measure may be computed of the last scrape, best first; none where the server has nothing of it: it is not known then, and not 0. */
  private expressionsOf(name: MeasureName, dialect: Dialect): Expression[] {
    const { sparse = false } = measureOf(name);
    const isThere = (sample: string) => this.names.has(sample) || (!sparse && this.declared.has(sample));
    return expressionsFor(name, dialect).filter((expression) =>
      readingsOf(expression).some((reading) => {
        const isHistogram = reading.kind === "quantile" || reading.kind === "upTo";
        return isThere(isHistogram ? `${reading.name}_bucket` : reading.name);
      }),
    );
  }
}

/** Stopped by somebody, not by its time being up. */
function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && isAbort(reason);
}

function isGauge(expression: Expression): boolean {
  return "a" in expression ? isGauge(expression.a) && isGauge(expression.b) : expression.kind === "gauge" || expression.kind === "number";
}

function probeMeasures(probed: ProbeResult | undefined): Measured {
  if (!probed) return {};
  const { latencySeconds, firstTokenSeconds, tokensPerSecond, error } = probed;
  if (error !== undefined) return { probe_failures: 1 };
  return {
    probe_failures: 0,
    probe_latency: latencySeconds,
    ...(firstTokenSeconds !== undefined && { probe_first_token: firstTokenSeconds }),
    ...(tokensPerSecond !== undefined && { probe_tokens_per_second: tokensPerSecond }),
  };
}

function toRequest({ latencySeconds, firstTokenSeconds, completionTokens, error }: ProbeResult) {
  const further = completionTokens - 1;
  const first = firstTokenSeconds === undefined ? undefined : firstTokenSeconds * 1000;
  const perTokenMs = first === undefined || further < 1 ? undefined : (latencySeconds * 1000 - first) / further;
  return { firstTokenMs: first, perTokenMs, totalMs: latencySeconds * 1000, error };
}
