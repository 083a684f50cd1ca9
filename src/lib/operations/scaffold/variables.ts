import { nearestOf } from "../../base/errors/nearest.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";

interface Variable {
  default: string;
  about: string;
  /** What a value has to look like, and that in words. */
  pattern?: readonly [RegExp, string];
}

const WHOLE = [/^[1-9]\d*$/, "a whole number above 0"] as const;
const NAME = [/^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/, "small letters, digits and dashes"] as const;
const URL_TEXT = [/^https?:\/\/[^\s"'<>]+$/, "a URL"] as const;
const SIZE = [/^\d+([KMGT]i?)?$/, "a size such as 8Gi"] as const;
const PLAIN = [/^[^\s"'`$\\{}]+$/, "a text without spaces and quotes"] as const;
const HOST_PORT = [/^[\w.-]+:\d+$/, "HOST:PORT"] as const;

/** What templates have gaps for. */
export const VARIABLES = {
  name: { default: "llmops", about: "name of the service", pattern: NAME },
  namespace: { default: "llmops", about: "Kubernetes namespace", pattern: NAME },
  image: { default: "llmops:latest", about: "container image of llmops", pattern: PLAIN },
  port: { default: "8080", about: "port to listen on", pattern: WHOLE },
  host: { default: "127.0.0.1", about: "address to listen on", pattern: PLAIN },
  model: {
    default: "demo",
    about: "model to serve: demo, or a GGUF file as the server sees it, such as /models/model.gguf",
    pattern: PLAIN,
  },
  models_folder: { default: "./models", about: "folder of this machine with model files", pattern: PLAIN },
  experiment: { default: "production-llm", about: "MLflow experiment", pattern: PLAIN },
  vllm_model: { default: "Qwen/Qwen2.5-0.5B-Instruct", about: "model vLLM serves", pattern: PLAIN },
  vllm_image: { default: "vllm/vllm-openai:v0.11.0", about: "image of vLLM", pattern: PLAIN },
  ray_image: { default: "rayproject/ray-llm:2.50.0-py311-cu128", about: "image of Ray with vLLM", pattern: PLAIN },
  context: { default: "4096", about: "longest context of vLLM, in tokens", pattern: WHOLE },
  gpus: { default: "1", about: "GPUs of a machine", pattern: WHOLE },
  nodes: { default: "2", about: "machines with GPUs the model is split over", pattern: WHOLE },
  replicas: { default: "2", about: "pods at least", pattern: WHOLE },
  most_replicas: { default: "8", about: "pods at most", pattern: WHOLE },
  cpu: { default: "4", about: "processors of a pod", pattern: WHOLE },
  memory: { default: "8Gi", about: "memory of a server", pattern: SIZE },
  storage: { default: "20Gi", about: "space for model files", pattern: SIZE },
  target: {
    default: "llmops:PORT",
    about: "server Prometheus scrapes, with PORT for its port",
    pattern: [/^[\w.-]+:(\d+|PORT)$/, "HOST:PORT"] as const,
  },
  scrape_key: { default: "yes", about: "the server wants an API key (yes or no)", pattern: [/^(yes|no)$/, "yes or no"] as const },
  alertmanager: { default: "alertmanager:9093", about: "where Prometheus sends alerts", pattern: HOST_PORT },
  webhook: { default: "http://127.0.0.1:9/replace-me", about: "URL alerts are posted to", pattern: URL_TEXT },
  prometheus_url: { default: "http://prometheus:9090", about: "where Grafana finds Prometheus", pattern: URL_TEXT },
  slo: { default: "ttft<500ms@99%/28d", about: "objective to alert on" },
  url: { default: "https://llm.example.com", about: "server the workflow watches", pattern: URL_TEXT },
  dataset: { default: "evaluation/qa.jsonl", about: "dataset of the evaluation", pattern: PLAIN },
  llmops: { default: "/usr/bin/llmops", about: "where the llmops command is", pattern: PLAIN },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;
export type Variables = Record<VariableName, string>;

const NAMES = Object.keys(VARIABLES) as VariableName[];

/** What a variable is for, and is without a value. */
export function variableOf(name: VariableName): Variable {
  return VARIABLES[name];
}

/** Reads NAME=VALUE. Throws INVALID_ARGUMENT, with the nearest name for one there is not. */
export function parseVariables(texts: readonly string[], known: readonly VariableName[]): Partial<Variables> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, written = "", value = ""] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
      const name = known.find((one) => one === written.replaceAll("-", "_"));
      if (name === undefined) {
        const nearest = nearestOf(written, known);
        throw new LlmopsError("INVALID_ARGUMENT", `"${text}" sets nothing of these templates.`, {
          hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}They have: ${known.join(", ")}.`,
        });
      }
      return [name, checkVariable(name, value)];
    }),
  );
}

/** The value, if it is one. Throws INVALID_ARGUMENT. */
export function checkVariable(name: VariableName, value: string): string {
  const { pattern } = variableOf(name);
  if (value.trim() !== "" && (!pattern || pattern[0].test(value))) return value.trim();
  throw new LlmopsError("INVALID_ARGUMENT", `"${value}" cannot be the ${name} (${variableOf(name).about}).`, {
    hint: `It must be ${pattern?.[1] ?? "a text"}.`,
  });
}

/** Every variable, as given or else by default. */
export function completeVariables(given: Partial<Variables>): Variables {
  const all = Object.fromEntries(NAMES.map((name) => [name, given[name] ?? VARIABLES[name].default])) as Variables;
  return { ...all, target: all.target.replace(/:PORT$/, `:${all.port}`) };
}
