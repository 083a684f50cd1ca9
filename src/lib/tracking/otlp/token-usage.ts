/** Tokens of a call, as MLflow's attribute mlflow.chat.tokenUsage and its trace metadata have them. */
export interface TokenUsage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
}

/** A span, with what it says of its tokens. */
export interface UsingSpan {
  id: string;
  parent: string | null;
  usage: TokenUsage | undefined;
}

const NAMES = ["input_tokens", "output_tokens", "total_tokens"] as const;

/**
 * The tokens of a trace. A span that says its tokens says them for all below it: agents and chains repeat what their calls have used
 * (as MLflow's clients add them up: aggregate_usage_from_spans of mlflow/tracing/utils).
 */
export function sumUsage(spans: readonly UsingSpan[]): TokenUsage {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const total = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
  for (const span of spans) {
    if (!span.usage || isWithinAnother(span, byId)) continue;
    for (const name of NAMES) total[name] += span.usage[name];
  }
  return total;
}

/** What a text of the attribute says; undefined where that is nothing. Some senders write JSON into the text that JSON has. */
export function parseUsage(text: string): TokenUsage | undefined {
  const written = parse(text);
  const value = typeof written === "string" ? parse(written) : written;
  if (typeof value !== "object" || value === null) return undefined;
  const count = (name: string) => {
    const number = (value as Record<string, unknown>)[name];
    return typeof number === "number" && number >= 0 ? number : undefined;
  };
  const [input, output] = [count("input_tokens"), count("output_tokens")];
  if (input === undefined && output === undefined) return undefined;
  return toUsage(input, output, count("total_tokens"));
}

/** Tokens of which some are not said. */
export function toUsage(input: number | undefined, output: number | undefined, total: number | undefined): TokenUsage {
  return { input_tokens: input ?? 0, output_tokens: output ?? 0, total_tokens: total ?? (input ?? 0) + (output ?? 0) };
}

function isWithinAnother(span: UsingSpan, byId: ReadonlyMap<string, UsingSpan>): boolean {
  const seen = new Set([span.id]); // a sender may have spans that are each other's parents
  for (let above = byId.get(span.parent ?? ""); above && !seen.has(above.id); above = byId.get(above.parent ?? "")) {
    if (above.usage) return true;
    seen.add(above.id);
  }
  return false;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
