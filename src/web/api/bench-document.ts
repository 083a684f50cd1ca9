export interface BenchInterval {
  low: number | null;
  high: number | null;
}

/** Percentiles of a time in milliseconds; null where nothing was measured. */
export interface Percentiles {
  p50: number | null;
  p90: number | null;
  p99: number | null;
  max: number | null;
  /** Of times that each request has one of. */
  intervals?: Record<"p50" | "p90" | "p99", BenchInterval>;
}

export interface BenchLevel {
  load: "concurrency" | "rate";
  value: number;
  seconds: number;
  requests: { done: number; failed: number; rate_limited?: number };
  requests_per_second: number;
  completion_tokens_per_second: number;
  prompt_tokens_per_second: number;
  ttft_ms: Percentiles;
  itl_ms: Percentiles;
  e2e_ms: Percentiles;
  /** Requests a second that met every objective; null without objectives. */
  goodput: number | null;
  slos: { slo: string; share: number; met: boolean }[];
  errors: { code: string; message: string; requests: number }[];
}

/** What `llmops bench --json` prints. */
export interface BenchDocument {
  schema: "llmops.bench/2";
  model: string;
  target: string;
  max_tokens: number;
  levels: BenchLevel[];
  highest_rate: number | null;
  status?: "finished" | "interrupted";
  command?: string;
  errors: string[];
}
