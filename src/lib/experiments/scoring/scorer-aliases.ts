/** Other names that objectives and constraints may call scorers by. */
export const SCORER_ALIASES: Readonly<Record<string, string>> = {
  accuracy: "contains",
  latency: "latency_seconds",
  first_token: "first_token_seconds",
  ttft: "first_token_seconds",
};
