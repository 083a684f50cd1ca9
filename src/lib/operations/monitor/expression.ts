/** Keeps series by the value of one label: those equal to one of the values, or to none of them. */
export interface Matcher {
  label: string;
  not?: boolean;
  values: readonly string[];
}

/**
 * What is computed of a server's metrics over a window of time. The same expression is evaluated here and written as PromQL, so
 * that an alert of this program and the one of a Prometheus server mean the same.
 */
export type Expression =
  /** Growth of a counter, summed over its series: in the window, or a second. */
  | { kind: "increase" | "rate"; name: string; where?: Matcher }
  /** The newest value of a gauge, summed over its series. */
  | { kind: "gauge"; name: string; where?: Matcher }
  /** A quantile of a histogram's observations in the window. */
  | { kind: "quantile"; name: string; q: number }
  /** A histogram's observations in the window up to a bound that has to be the edge of a bucket; all of them for Infinity. */
  | { kind: "upTo"; name: string; bound: number }
  | { kind: "divide" | "add" | "minus"; a: Expression; b: Expression }
  | { kind: "number"; value: number };

export const rate = (name: string, where?: Matcher): Expression => ({ kind: "rate", name, ...(where && { where }) });
export const increase = (name: string, where?: Matcher): Expression => ({ kind: "increase", name, ...(where && { where }) });
export const gauge = (name: string, where?: Matcher): Expression => ({ kind: "gauge", name, ...(where && { where }) });
export const quantile = (q: number, name: string): Expression => ({ kind: "quantile", q, name });
export const upTo = (bound: number, name: string): Expression => ({ kind: "upTo", name, bound });
export const divide = (a: Expression, b: Expression): Expression => ({ kind: "divide", a, b });
export const add = (a: Expression, b: Expression): Expression => ({ kind: "add", a, b });
export const minus = (a: Expression, b: Expression): Expression => ({ kind: "minus", a, b });
export const number = (value: number): Expression => ({ kind: "number", value });
/** Mean of a histogram's observations. */
export const average = (name: string): Expression => divide(rate(`${name}_sum`), rate(`${name}_count`));

/** What a window of a server's metrics can be asked. Undefined is what the server does not have. */
export interface Window {
  /** Its length, as far as there is data. */
  seconds: number;
  increase(name: string, where?: Matcher): number;
  gauge(name: string, where?: Matcher): number | undefined;
  /** Observations in the window by upper bound, ascending, cumulative; Infinity is the last. */
  buckets(name: string): readonly [bound: number, count: number][];
}

/** The expression's value; undefined where there is no data for it, such as the quantile of nothing. */
export function evaluate(expression: Expression, window: Window): number | undefined {
  const value = compute(expression, window);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function compute(expression: Expression, window: Window): number | undefined {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "increase":
      return window.increase(expression.name, expression.where);
    case "rate":
      return window.increase(expression.name, expression.where) / window.seconds;
    case "gauge":
      return window.gauge(expression.name, expression.where);
    case "quantile":
      return bucketQuantile(expression.q, window.buckets(expression.name));
    case "upTo":
      return countUpTo(expression.bound, window.buckets(expression.name));
    default:
      return combine(expression.kind, compute(expression.a, window), compute(expression.b, window));
  }
}

function combine(kind: "divide" | "add" | "minus", a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (kind === "divide") return a / b;
  return kind === "add" ? a + b : a - b;
}

type Buckets = readonly (readonly [bound: number, count: number])[];

/** Observations up to a bound; undefined where all of them are asked for and not known. */
function countUpTo(bound: number, buckets: Buckets): number | undefined {
  const top = buckets.findLast(([own]) => own <= bound);
  if (bound === Infinity && top !== undefined && top[0] !== Infinity) return undefined;
  return top?.[1] ?? 0;
}

/**
 * As PromQL's histogram_quantile: linear within the bucket; the highest finite bound for what lies above it; counts that do not ascend
 * are taken for as large as the largest before them. Undefined for nothing, and where there is no bucket +Inf, or no other.
 */
export function bucketQuantile(q: number, unsorted: Buckets): number | undefined {
  let most = 0;
  const buckets = unsorted.map(([bound, count]) => [bound, (most = Math.max(most, count))] as const);
  const [topBound, total = 0] = buckets.at(-1) ?? [];
  if (topBound !== Infinity || buckets.length < 2 || total <= 0) return undefined;
  const rank = q * total;
  const index = buckets.findIndex(([, count]) => count >= rank);
  const [bound = Infinity, count = total] = buckets[index] ?? [];
  const [lower, below] = buckets[index - 1] ?? [0, 0];
  if (bound === Infinity) return lower;
  return count === below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below);
}

/** What an expression reads of a server: its parts that name a metric. */
export function readingsOf(expression: Expression): Exclude<Expression, { kind: "divide" | "add" | "minus" | "number" }>[] {
  if ("a" in expression) return [...readingsOf(expression.a), ...readingsOf(expression.b)];
  return expression.kind === "number" ? [] : [expression];
}

/** The expression in PromQL over a range such as "5m", for the series a selector such as `job="llmops"` keeps. */
export function toPromql(expression: Expression, range: string, selector = ""): string {
  const text = (inner: Expression): string => toPromql(inner, range, selector);
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "increase":
    case "rate":
      // a counter that never counted has no series: that is 0, not nothing
      return `(sum(${expression.kind}(${series(expression.name, selector, expression.where)}[${range}])) or vector(0))`;
    case "gauge":
      return `sum(${series(expression.name, selector, expression.where)})`;
    case "quantile":
      return `histogram_quantile(${expression.q}, sum by (le) (rate(${series(`${expression.name}_bucket`, selector)}[${range}])))`;
    case "upTo":
      return `(sum(increase(${series(`${expression.name}_bucket`, selector, edge(expression.bound))}[${range}])) or vector(0))`;
    case "divide":
      return `(${text(expression.a)} / ${text(expression.b)})`;
    case "add":
    case "minus":
      return `(${text(expression.a)} ${expression.kind === "add" ? "+" : "-"} ${text(expression.b)})`;
  }
}

/** Bounds are written 1 by some clients and 1.0 by others. */
function edge(bound: number): Matcher {
  if (bound === Infinity) return { label: "le", values: ["+Inf"] };
  return { label: "le", values: Number.isInteger(bound) ? [String(bound), `${bound}.0`] : [String(bound)] };
}

function series(name: string, selector: string, where?: Matcher): string {
  const parts = [...(selector === "" ? [] : [selector]), ...(where ? [toLabelMatcher(where)] : [])];
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
}

function toLabelMatcher({ label, not = false, values }: Matcher): string {
  const [only] = values;
  if (values.length === 1) return `${label}${not ? "!=" : "="}"${only}"`;
  const escaped = values.map((value) => value.replace(/[.+*?^$()[\]{}|\\]/g, "\\\\$&"));
  return `${label}${not ? "!~" : "=~"}"${escaped.join("|")}"`;
}
