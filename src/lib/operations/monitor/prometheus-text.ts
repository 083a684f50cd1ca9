import { LlmopsError } from "../../base/errors/llmops-error.js";

/** One value of one series. */
export interface PrometheusSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(?<value>\S+)(?:\s+-?[\d.]+)?(?:\s+#.*)?$/;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;
const ESCAPES: Record<string, string> = { n: "\n", "\\": "\\", '"': '"' };

/**
 * Reads Prometheus' text format, or OpenMetrics (https://prometheus.io/docs/instrumenting/exposition_formats/); times and
 * exemplars are left out. Throws ENDPOINT_ERROR naming the line that is neither.
 */
export function parsePrometheusText(text: string): PrometheusSample[] {
  return text.split("\n").flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const sample = parseLine(trimmed);
    if (sample) return [sample];
    throw new LlmopsError(
      "ENDPOINT_ERROR",
      `Line ${index + 1} of the metrics is none of Prometheus' text format: "${trimmed.slice(0, 80)}".`,
      {
        hint: "Name the server's own address; metrics are looked for at /prometheus and /metrics.",
      },
    );
  });
}

/**
 * The names of samples that a text's `# TYPE` lines speak of, also where there are none yet: a counter with labels has no series
 * before it counts.
 */
export function declaredNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (counter|histogram)\s*$/gm)) {
    // OpenMetrics declares a counter without its ending
    const endings = type === "counter" ? ["", "_total"] : ["_bucket", "_sum", "_count"];
    for (const ending of endings) names.add(`${name}${ending}`);
  }
  return names;
}

function parseLine(line: string): PrometheusSample | undefined {
  const { name, labels = "", value = "" } = LINE.exec(line)?.groups ?? {};
  const number = toNumber(value);
  const read = parseLabels(labels);
  return name === undefined || number === undefined || !read ? undefined : { name, labels: read, value: number };
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match) return undefined;
    const [, name = "", value = ""] = match;
    labels[name] = value.replace(/\\(.)/g, (whole, character: string) => ESCAPES[character] ?? whole);
  }
  return labels;
}

function toNumber(text: string): number | undefined {
  // in any case of letters, as Prometheus takes them: some clients write Nan
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? undefined : value;
}
