import { z } from "zod";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { meets, type Slo } from "../slo/slo.js";
import { evaluate, readingsOf, type Expression, type Window } from "./expression.js";
import { History, toWindow } from "./history.js";
import { detectDialect, MEASURE_NAMES, measureOf, type Dialect, type Measured } from "./measures.js";
import type { Probe, ProbeResult } from "./probe.js";
import type { PrometheusSample } from "./prometheus-text.js";
import { scrape } from "./scrape.js";
import { SloLedger, sloEntrySchema } from "./slo-ledger.js";
import { sloSource, type SloSource } from "./slo-source.js";
import { emptySnapshot, fromSaved, keyOf, savedSnapshotSchema, toSaved, toSnapshot, type Snapshot } from "./snapshot.js";

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
}

export const savedWatchSchema = z.object({
  snapshot: savedSnapshotSchema.optional(),
  ledgers: z.record(z.string(), z.array(sloEntrySchema).readonly()),
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
  private sources: readonly (SloSource | undefined)[] = [];
  private path: string | undefined;

  constructor(options: WatchOptions, saved?: SavedWatch) {
    this.options = options;
    this.target = withoutTrailingSlashes(options.url);
    this.ledgers = options.slos.map((slo) => new SloLedger(slo, saved?.ledgers[slo.text]));
    this.previous = saved?.snapshot && fromSaved(saved.snapshot);
  }

  /** What to keep. */
  get saved(): SavedWatch {
    return {
      snapshot: this.previous && toSaved(this.previous),
      ledgers: Object.fromEntries(this.ledgers.map(({ slo, entries }) => [slo.text, entries])),
    };
  }

  /** How many scrapes are in memory. */
  get scrapes(): number {
    return this.history.size;
  }

  /** Scrapes and probes at the same time. What went wrong is in the result; throws only what interrupts it, and then counts nothing. */
  async poll(time: number, signal: AbortSignal): Promise<Poll> {
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
    if (scraped) this.take(scraped.samples, time);
    this.path = scraped?.path;
    this.countProbe(probed, time, { scraped: Boolean(scraped) });
    const up = scraped !== null && (scraped !== undefined || (probed !== undefined && probed.error === undefined));
    const measuredOver = (ms: number): Measured => ({ ...(scraped && this.measure(ms)), ...probeMeasures(probed) });
    const dialect = scraped ? this.dialect : undefined;
    return { time, target: this.target, up, dialect, measured: measuredOver(this.options.windowMs), measuredOver, probe: probed, errors };
  }

  private take(samples: readonly PrometheusSample[], time: number): void {
    const dialect = detectDialect(new Set(samples.map(({ name }) => name)));
    if (dialect !== this.dialect) this.history = new History();
    this.dialect = dialect;
    this.sources = [];
    if (dialect === undefined) return;
    this.sources = this.options.slos.map((slo) => sloSource(slo, dialect, samples));
    const { sources } = this;
    const snapshot = toSnapshot(
      samples,
      [...expressionsOf(dialect, samples), ...sources.flatMap((own) => (own ? [own.good, own.total] : []))],
      time,
    );
    if (this.options.looksBack && this.history.size === 0) this.lookBack(samples, snapshot);
    this.countObjectives(snapshot);
    this.history.add(snapshot);
    this.previous = snapshot;
  }

  /** What the first scrape is compared with: the last of an earlier watch, or everything at 0 when the server started. */
  private lookBack(samples: readonly PrometheusSample[], snapshot: Snapshot): void {
    const started = samples.find(({ name }) => name === "process_start_time_seconds")?.value;
    if (!this.previous && started !== undefined && started * 1000 < snapshot.time) this.previous = emptySnapshot(snapshot, started * 1000);
    this.earlier = this.previous;
  }

  private countObjectives(snapshot: Snapshot): void {
    const { previous } = this;
    if (!previous || previous.time >= snapshot.time) return;
    const window = toWindow([previous, snapshot], snapshot);
    for (const [i, ledger] of this.ledgers.entries()) {
      const source = this.sources[i];
      if (!source || !isCountedIn(source.total, previous)) continue;
      const [good, total] = [evaluate(source.good, window) ?? 0, evaluate(source.total, window) ?? 0];
      if (total > 0) ledger.add(previous.time, snapshot.time, { good: Math.min(good, total), total });
    }
  }

  /** Where a server does not count an objective, or cannot because it is away, the probe's requests are what there is. */
  private countProbe(probed: ProbeResult | undefined, time: number, { scraped }: { scraped: boolean }): void {
    if (!probed) return;
    for (const [i, ledger] of this.ledgers.entries()) {
      if (scraped && this.sources[i]) continue;
      ledger.add(time, time, { good: meets(toRequest(probed), ledger.slo) ? 1 : 0, total: 1 });
    }
  }

  private measure(ms: number): Measured {
    const { dialect, history } = this;
    const { latest } = history;
    if (dialect === undefined || !latest) return {};
    const since = this.earlier && history.size === 1 ? toWindow([this.earlier, latest], latest) : undefined;
    const window = history.window(ms) ?? since;
    return measureIn(window ?? toWindow([latest], latest), latest, { dialect, grows: window !== undefined });
  }
}

/** Stopped by somebody, not by its time being up. */
function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && isAbort(reason);
}

/** Whether a snapshot was made with an expression in mind: what began to be counted since has no growth yet. */
function isCountedIn(expression: Expression, { counters, buckets }: Snapshot): boolean {
  return readingsOf(expression).every((reading) => {
    if (reading.kind === "quantile" || reading.kind === "upTo") return reading.name in buckets;
    return reading.kind === "gauge" || keyOf(reading.name, reading.where) in counters;
  });
}

function measureIn(window: Window, latest: Snapshot, { dialect, grows }: { dialect: Dialect; grows: boolean }): Measured {
  const measured: Measured = {};
  for (const name of MEASURE_NAMES) {
    const expression = measureOf(name).of?.[dialect];
    if (!expression || !isCountedIn(expression, latest) || (!grows && !isGauge(expression))) continue;
    const value = evaluate(expression, window);
    if (value !== undefined) measured[name] = value;
  }
  return measured;
}

function isGauge(expression: Expression): boolean {
  return "a" in expression ? isGauge(expression.a) && isGauge(expression.b) : expression.kind === "gauge" || expression.kind === "number";
}

function expressionsOf(dialect: Dialect, samples: readonly PrometheusSample[]): Expression[] {
  return MEASURE_NAMES.flatMap((name) => {
    const { of, sparse = false } = measureOf(name);
    const expression = of?.[dialect];
    const isThere = !sparse || (expression && "name" in expression && samples.some((sample) => sample.name === expression.name));
    return expression && isThere ? [expression] : [];
  });
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
