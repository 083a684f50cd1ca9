import { LlmopsError } from "./lib/errors/llmops-error.js";
import type { CompletionTarget } from "./lib/openai/completion-target.js";
import type { Dimension } from "./lib/study/search-space.js";
import type { Setting } from "./lib/study/study.js";
import { openTarget, type TargetChoice } from "./target-flags.js";

/** Cells of a prompt share its evaluation, and what they answer alike, when they are asked together. */
const LOCAL_CONCURRENCY = 32;
const ENDPOINT_CONCURRENCY = 4;
const FEWEST_SLOTS = 4;

/** Parameters that are members of the request, for endpoints that know them. */
const MEMBERS = ["reasoning_effort", "verbosity", "service_tier"];

type TargetFlags = TargetChoice & { concurrency?: number | undefined };

/** How many completions of a study run at a time. */
export function concurrencyOf(
  { concurrency, endpoint }: Pick<TargetFlags, "concurrency" | "endpoint">,
  dimensions: readonly Dimension[],
): number {
  const remote = endpoint !== undefined || dimensions.some(({ name }) => name === "endpoint");
  return concurrency ?? (remote ? ENDPOINT_CONCURRENCY : LOCAL_CONCURRENCY);
}

/**
 * The target of a setting, with a slot for every completion at a time, or, where nobody asked for so many and they do not fit, with fewer.
 */
export async function openStudyTarget(
  flags: TargetFlags,
  params: Setting,
  concurrency: number,
  signal: AbortSignal,
): Promise<CompletionTarget> {
  const choice = withParams(flags, params);
  const fixed = params["slots"] ?? flags.concurrency;
  try {
    return await openTarget(choice, Number(params["slots"] ?? concurrency), signal);
  } catch (error) {
    if (!(error instanceof LlmopsError) || error.code !== "OUT_OF_MEMORY" || fixed !== undefined) throw error;
    return openTarget(choice, FEWEST_SLOTS, signal);
  }
}

/** The flags with what a setting says of the target: models are names where there is an endpoint, files elsewhere. */
function withParams(flags: TargetFlags, params: Setting): TargetFlags {
  const { model, endpoint, threads, cache_type: cacheType, batch_size: batchSize } = params;
  const remote = endpoint !== undefined || flags.endpoint !== undefined;
  return {
    ...flags,
    ...(params["body"] !== undefined && { body: String(params["body"]), "set-extra": [] }),
    ...withMembers(flags, params),
    ...(endpoint !== undefined && { endpoint: String(endpoint) }),
    ...(model !== undefined && (remote ? { model: String(model) } : { model_path: String(model) })),
    ...(threads !== undefined && { threads: Number(threads) }),
    ...(cacheType !== undefined && { "cache-type": cacheType as TargetFlags["cache-type"] }),
    ...(batchSize !== undefined && { "batch-size": Number(batchSize) }),
  };
}

function withMembers(flags: TargetFlags, params: Setting): Pick<TargetFlags, "set-extra"> {
  const members = MEMBERS.flatMap((name) => (params[name] === undefined ? [] : [`${name}=${JSON.stringify(params[name])}`]));
  if (members.length === 0) return {};
  return { "set-extra": [...(params["body"] === undefined ? (flags["set-extra"] ?? []) : []), ...members] };
}

/** What the targets are called, each name once. */
export function listed(targets: readonly CompletionTarget[], field: "model" | "location"): string {
  return [...new Set(targets.map((target) => target[field]))].join(", ");
}
