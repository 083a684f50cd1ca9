import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { burnRules, type AlertPlan } from "../../lib/operations/monitor/alert-rules.js";
import { detectDialect, type Dialect } from "../../lib/operations/monitor/measures.js";
import { toPrometheusRules } from "../../lib/operations/monitor/prometheus-rules.js";
import { scrape } from "../../lib/operations/monitor/scrape.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";
import { keyFrom } from "../serving/server-client.js";

const TIMEOUT_MS = 30_000;

export interface RulesOptions {
  alerts: AlertPlan;
  /** Objectives, whose burn rates are alerted on. */
  slos?: readonly string[] | undefined;
  /** A running server the rules are for. */
  url?: string | undefined;
  /** Environment variable with its API key. */
  apiKeyEnv: string;
  /** Whose metric names; the server's, or llmops, when absent. */
  dialect?: Dialect | undefined;
  /** Label matchers of the series meant. */
  selector: string;
}

/**
 * The alert rules as Prometheus evaluates them, with what it cannot know. Throws INVALID_ARGUMENT for a server without metrics of a
 * model server, and ENDPOINT_UNREACHABLE.
 */
export async function prometheusRules(options: RulesOptions): Promise<{ dialect: Dialect; yaml: string; notes: readonly string[] }> {
  const { alerts, slos = [], url, apiKeyEnv, selector } = options;
  const rules = [...alerts.rules, ...slos.flatMap((text) => burnRules(parseSlo(text)))];
  const read = url === undefined ? undefined : await readServer(url, apiKeyEnv);
  const dialect = options.dialect ?? read?.dialect ?? "llmops";
  return { dialect, ...toPrometheusRules(rules, { dialect, selector, samples: read?.samples }) };
}

async function readServer(url: string, keyVariable: string) {
  const scraped = await scrape({ url, apiKey: keyFrom(keyVariable), signal: AbortSignal.timeout(TIMEOUT_MS) });
  const samples = scraped?.samples ?? [];
  const dialect: Dialect | undefined = detectDialect(new Set(samples.map(({ name }) => name)));
  if (dialect !== undefined) return { samples, dialect };
  throw new LlmopsError("INVALID_ARGUMENT", `${url} has no metrics of a model server.`, {
    hint: "Leave the URL out, and name the --dialect.",
  });
}
