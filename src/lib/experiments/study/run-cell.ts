import type { Sample } from "../dataset/sample.js";
import { isAbort, LlmopsError, toLlmopsError } from "../../base/errors/llmops-error.js";
import { ask, type AskContext } from "../../inference/gateway/ask.js";
import { deriveSeed } from "../../base/math/random.js";
import type { ChatMessage, ChatRequest, Completion, SamplingParameters } from "../../inference/openai/completion.js";
import { withoutThoughts, withThoughts } from "../../inference/openai/thoughts.js";
import { scoreAll } from "../scoring/score-all.js";
import type { Score } from "../scoring/scorer.js";
import { PARAMETERS } from "./parameters.js";
import { requestMembers } from "./request-members.js";
import { defaultPrompt, fillTemplate } from "./prompt-template.js";
import type { Cell, Setting, StudyPlan } from "./study.js";

/** Answered, with what the scorers say; or failed, where the error's code tells a withheld answer (CONTENT_FILTERED) from the rest. */
export type CellOutcome = { ok: true; completion: Completion; scores: Record<string, Score> } | { ok: false; error: LlmopsError };

export interface FinishedCell extends Cell {
  seed: number;
  outcome: CellOutcome;
}

/** The request of one cell; its seed depends on study, setting, sample and repeat. */
export function toRequest(plan: StudyPlan, cell: Cell): ChatRequest & { seed: number } {
  const sample = plan.dataset.samples[cell.sample];
  if (!sample) throw new RangeError(`no sample ${cell.sample} in the plan`);
  const { key, ownSeed, system, prompt, sampling, members } = readSetting(plan, cell.setting);
  const messages = toMessages(sample, { system, prompt });
  return { messages, ...sampling, ...members, seed: deriveSeed(ownSeed ?? plan.seed, key, sample.id, cell.repeat) };
}

/** What all requests of a setting have in common. */
interface ReadSetting {
  fixed: Setting;
  texts: StudyPlan["texts"];
  /** The setting as text, for seeds. */
  key: string;
  ownSeed: number | string | undefined;
  system: string | undefined;
  /** Undefined where none was given. */
  prompt: string | undefined;
  sampling: SamplingParameters;
  members: ReturnType<typeof requestMembers>;
}

/** By the setting: thousands of cells share it. */
const settingsRead = new WeakMap<Setting, ReadSetting>();

function readSetting({ settings, fixed, texts }: StudyPlan, index: number): ReadSetting {
  const own = settings[index] ?? {};
  const known = settingsRead.get(own);
  if (known?.fixed === fixed && known.texts === texts) return known;
  const setting = { ...fixed, ...own };
  const text = (name: string) => (setting[name] === undefined ? undefined : texts[String(setting[name])]);
  const read: ReadSetting = {
    ...{ fixed, texts, key: JSON.stringify(own), ownSeed: setting["seed"] },
    ...{ system: text("system"), prompt: text("prompt"), sampling: toSampling(setting), members: requestMembers(setting) },
  };
  settingsRead.set(own, read);
  return read;
}

/**
 * What is sent: the sample's conversation, or its question alone. The prompt stands in place of the last user message, and a system
 * prompt of the study in place of the sample's own; an empty one means none.
 */
export function toMessages(sample: Sample, texts: { system: string | undefined; prompt: string | undefined }): ChatMessage[] {
  const { system, prompt = defaultPrompt(sample) } = texts;
  const own = sample.messages ?? [{ role: "user", content: sample.question }];
  const last = own.findLastIndex(({ role }) => role === "user");
  const asked = own.map((message, i) => (i === last ? { ...message, content: fillTemplate(prompt, sample) } : message));
  const instruction = system === undefined ? sample.system : fillTemplate(system, sample);
  if (instruction === undefined) return asked;
  const rest = asked.filter(({ role }) => role !== "system" && role !== "developer");
  return instruction === "" ? rest : [{ role: "system", content: instruction }, ...rest];
}

function toSampling(setting: Setting): SamplingParameters {
  return Object.fromEntries(
    Object.entries(setting).flatMap(([name, value]) => {
      const spec = PARAMETERS[name];
      return spec?.kind === "sampling" ? [[spec.field, value]] : [];
    }),
  );
}

/**
 * Asks and scores one cell, or only scores it where its answer is `known`; a failure is its outcome. Undefined when the signal aborted
 * meanwhile: the cell is still open.
 */
export async function runCell(plan: StudyPlan, cell: Cell, context: AskContext, known?: Completion): Promise<FinishedCell | undefined> {
  const { signal, timeoutMs } = context;
  const request = toRequest(plan, cell);
  try {
    const thoughtMarks = plan.thinking?.marks;
    const completion = known ?? givenAnswer(plan, cell) ?? (await ask(request, thoughtMarks ? { ...context, thoughtMarks } : context));
    const sample = plan.dataset.samples[cell.sample];
    const scored = plan.thinking?.scored === true ? withThoughts(completion) : completion;
    const scores = sample ? await scoreAll(plan.scorers, { sample, completion: scored }, { signal, timeoutMs }) : {};
    if (signal.aborted) return undefined;
    return { ...cell, seed: request.seed, outcome: { ok: true, completion, scores } };
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) return undefined;
    return { ...cell, seed: request.seed, outcome: { ok: false, error: toLlmopsError(thrown) } };
  }
}

/** The answer there is already, of an earlier study or in the dataset, its thoughts apart. Throws how the earlier study failed there. */
function givenAnswer({ responses, stored, dataset, thinking }: StudyPlan, cell: Cell): Completion | undefined {
  const earlier = stored?.answer(cell);
  if (earlier instanceof LlmopsError) throw earlier;
  if (earlier) return thinking ? withoutThoughts(earlier, thinking.marks) : earlier;
  const text = responses?.get(dataset.samples[cell.sample]?.id ?? "");
  if (text === undefined) return undefined;
  const choice = { text, finishReason: "stop" as const, toolCalls: [], logprobs: undefined };
  const nothing = { usage: { promptTokens: 0, completionTokens: 0 }, timing: { firstTokenMs: 0, totalMs: 0 } };
  return withoutThoughts({ ...choice, choices: [choice], ...nothing }, thinking?.marks);
}
