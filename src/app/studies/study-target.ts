import { ENGINE_KEYS, ENGINE_PARAMETERS, type EngineParameter } from "../../lib/base/config/engine-parameters.js";
import { readMembers } from "../../lib/base/config/setting.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { TargetParameter } from "../../lib/experiments/study/parameters.js";
import type { Dimension } from "../../lib/experiments/samplers/designs.js";
import type { Setting, StudyPlan } from "../../lib/experiments/study/study.js";
import type { Host } from "../host/host.js";
import { openTarget, type Opening, type TargetOptions } from "../targets/open-target.js";

/** Cells of a prompt share its evaluation, and what they answer alike, when they are asked together. */
const LOCAL_CONCURRENCY = 32;
const ENDPOINT_CONCURRENCY = 4;
const FEWEST_SLOTS = 4;

/** What a study asks. */
export interface StudyTargetOptions extends TargetOptions {
  /** Completions running at the same time. */
  concurrency?: number | undefined;
}

/** How many completions of a study run at a time. */
export function concurrencyOf(
  { concurrency, endpoint }: Pick<StudyTargetOptions, "concurrency" | "endpoint">,
  dimensions: readonly Dimension[],
): number {
  const remote = endpoint !== undefined || dimensions.some(({ name }) => name === "endpoint");
  return concurrency ?? (remote ? ENDPOINT_CONCURRENCY : LOCAL_CONCURRENCY);
}

/**
 * The slots a study's target is opened with: one for every completion at a time, and no more than there are completions and gradings in
 * all, since each slot's cache takes memory and time to clear.
 */
export function slotsOf({ concurrency, dataset, repeats, mostRepeats }: StudyPlan, graders: number): number {
  const most = Math.max(mostRepeats, ...repeats);
  return Math.min(concurrency, dataset.samples.length * repeats.length * most * (graders + 1));
}

/**
 * The target of a setting, with a slot for every completion at a time, or, where nobody asked for so many and they do not fit, with fewer.
 */
export async function openStudyTarget(
  options: StudyTargetOptions,
  params: Setting,
  { slots: wanted, rates }: Opening,
  host: Host,
): Promise<CompletionTarget> {
  const { slots, ...chosen } = withParams(options, params);
  const fixed = slots ?? options.concurrency;
  try {
    return await openTarget(chosen, { slots: slots ?? wanted, rates }, host);
  } catch (error) {
    if (!(error instanceof LlmopsError) || error.code !== "OUT_OF_MEMORY" || fixed !== undefined) throw error;
    return openTarget(chosen, { slots: FEWEST_SLOTS, rates }, host);
  }
}

/** What a target is opened with, and how many slots it has where a setting says so. */
export type TargetWithSlots = StudyTargetOptions & { slots?: number };

type EngineName = (typeof ENGINE_PARAMETERS)[keyof typeof ENGINE_PARAMETERS]["name"];

/** What a parameter changes of it; `remote` where there is an endpoint. */
type Change = (value: number | string, chosen: TargetWithSlots, remote: boolean) => Partial<TargetWithSlots>;

/** Parameters that are members of the request, for endpoints that know them. */
const member =
  (name: string): Change =>
  (value, chosen) => ({ extra: [...(chosen.extra ?? []), `${name}=${JSON.stringify(value)}`] });

/**
 * How every parameter of what is asked gets there, in the order they are applied; a parameter without an entry does not pass the
 * types. Models are names where there is an endpoint, files elsewhere.
 */
const CHANGES: Readonly<Record<TargetParameter, Change>> = {
  endpoint: (value) => ({ endpoint: String(value) }),
  model: (value, _, remote) => (remote ? { model: String(value) } : { modelPath: String(value) }),
  ...engineChanges(),
  // a body of its own takes the place of the members given beside it; members of the setting come on top
  body: (value) => ({ body: String(value), extra: [] }),
  max_tokens_field: (value) => ({ maxTokensField: value as StudyTargetOptions["maxTokensField"] }),
  reasoning_effort: member("reasoning_effort"),
  verbosity: member("verbosity"),
  service_tier: member("service_tier"),
};

/** Parameters of the engine are options of the same kind. */
function engineChanges(): Record<EngineName, Change> {
  const changes = ENGINE_KEYS.map((key) => {
    const { name, kind } = ENGINE_PARAMETERS[key];
    return [name, (value: number | string) => ({ [key]: readEngineValue(kind, value) })] as const;
  });
  return Object.fromEntries(changes) as unknown as Record<EngineName, Change>;
}

function readEngineValue(kind: EngineParameter["kind"], value: number | string): unknown {
  switch (kind) {
    case "name":
    case "text":
      return String(value);
    case "switch":
      return value === "true";
    case "members":
      return readMembers(value);
    default:
      return Number(value);
  }
}

/** The options with what a setting says of the target. */
export function withParams(options: StudyTargetOptions, params: Setting): TargetWithSlots {
  const remote = params["endpoint"] !== undefined || options.endpoint !== undefined;
  return Object.entries(CHANGES).reduce<TargetWithSlots>((chosen, [name, change]) => {
    const value = params[name];
    return value === undefined ? chosen : { ...chosen, ...change(value, chosen, remote) };
  }, options);
}

/** What the targets are called, each name once. */
export function listed(targets: readonly CompletionTarget[], field: "model" | "location"): string {
  return [...new Set(targets.map((target) => target[field]))].join(", ");
}
