import { existsSync, readFileSync, truncateSync } from "node:fs";
import { LlmopsError, messageOf } from "../base/errors/llmops-error.js";
import { hintWhereFull } from "../base/errors/system-failures.js";
import { appendWholeTo } from "../base/files/append-whole.js";
import { PRIVATE } from "../base/files/write-whole.js";
import type { Metric } from "./records.js";
import { toWireNumber, type WireNumber } from "./wire/values.js";

/** A metric to be recorded; without a step it sums the run up, and its latest value is the one that counts. */
export type NewPoint = Pick<Metric, "key" | "value"> & { step?: number; timestamp?: number };

type Line = { run: string; key: string; value: WireNumber; step: number; timestamp: number };

/** The points of one metric of one run. */
interface Series {
  bySteps: Map<number, Metric>;
  last: Metric | undefined;
}

/**
 * The points that runs were recorded with, on disk before the tracker hears of them: a process that continues such a run gives it
 * the same points again, with the same times, and a store keeps a point that it has already once. So a run has one value of a
 * metric at a step however often it is killed and continued.
 */
export class RecordedPoints {
  private readonly path: string;
  private series: Map<string, Series> | undefined;

  /** `path` is read when the first points are placed. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Where metrics of a run stand. A step that was recorded keeps its value. A metric without a step is the run's last point of it
   * where the value is the same, and otherwise takes the next step. Throws STORE_UNWRITABLE.
   */
  place(run: string, metrics: readonly NewPoint[]): Metric[] {
    const all = (this.series ??= this.load());
    const fresh: Metric[] = [];
    const placed = metrics.map(({ key, value, step, timestamp = Date.now() }) => {
      const own = seriesOf(all, run, key);
      const known = step === undefined ? sameValue(own.last, value) : own.bySteps.get(step);
      if (known) return known;
      const point = { key, value, timestamp, step: step ?? (own.last ? own.last.step + 1 : 0) };
      add(own, point);
      fresh.push(point);
      return point;
    });
    this.write(run, fresh);
    return placed;
  }

  private write(run: string, points: readonly Metric[]): void {
    if (points.length === 0) return;
    const lines = points.map(({ value, ...point }): Line => ({ run, ...point, value: toWireNumber(value) }));
    try {
      appendWholeTo(this.path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), PRIVATE);
    } catch (cause) {
      throw new LlmopsError("STORE_UNWRITABLE", `${this.path} cannot be written: ${messageOf(cause)}.`, {
        hint: hintWhereFull(cause, "Make the folder writable, or name another with LLMOPS_STATE_DIR."),
        cause,
      });
    }
  }

  /** A line that a kill cut short was never used: it is cut off, so that the next one stands alone. */
  private load(): Map<string, Series> {
    const series = new Map<string, Series>();
    if (!existsSync(this.path)) return series;
    const bytes = readFileSync(this.path);
    const whole = bytes.lastIndexOf(10) + 1;
    if (whole < bytes.length) truncateSync(this.path, whole);
    for (const text of bytes.toString("utf8", 0, whole).split("\n").filter(Boolean)) {
      const { run, value, ...point } = JSON.parse(text) as Line;
      add(seriesOf(series, run, point.key), { ...point, value: Number(value) });
    }
    return series;
  }
}

function seriesOf(all: Map<string, Series>, run: string, key: string): Series {
  const id = JSON.stringify([run, key]);
  const own = all.get(id) ?? { bySteps: new Map<number, Metric>(), last: undefined };
  all.set(id, own);
  return own;
}

function add(series: Series, point: Metric): void {
  series.bySteps.set(point.step, point);
  if (!series.last || point.step > series.last.step) series.last = point;
}

/** The point, where it has that value; NaN is the same as NaN. */
function sameValue(point: Metric | undefined, value: number): Metric | undefined {
  return point && (point.value === value || Object.is(point.value, value)) ? point : undefined;
}

/** A point of a run that this process alone records. */
export function asGiven({ key, value, step = 0, timestamp = Date.now() }: NewPoint): Metric {
  return { key, value, step, timestamp };
}
