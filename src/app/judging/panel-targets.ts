import { readSecret } from "../../lib/base/config/environment.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { JudgeMethod } from "../../lib/experiments/judge/judge-method.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import type { StudyOptions } from "../studies/study-options.js";
import { openTarget, type TargetOptions } from "../targets/open-target.js";

/** Where judges come from that were not named: the model under test, or the one that is used by default. */
export interface JudgesByDefault {
  byDefault: () => Promise<CompletionTarget>;
  slots: number;
  host: Host;
}

/** The models that judge in a study: those named as its judges, or else the one by default. */
export class PanelTargets {
  private readonly options: StudyOptions;
  private readonly rates: RateWatch;
  private readonly own: CompletionTarget[] = [];

  constructor(options: StudyOptions, rates: RateWatch) {
    this.options = options;
    this.rates = rates;
  }

  /** Opens who judges by a method. Throws what opening a target throws, and INVALID_ARGUMENT where models were named that nobody would ask. */
  async open(method: JudgeMethod | undefined, { byDefault, slots, host }: JudgesByDefault): Promise<readonly CompletionTarget[]> {
    const named = this.namedJudges();
    if (method?.asksModel === false) return [withoutModel(method, named.length > 0)];
    return named.length === 0 ? [await byDefault()] : this.openNamed(named, slots, host);
  }

  /** Closes those that were opened here. */
  async close(): Promise<void> {
    await Promise.all(this.own.map((target) => target.close()));
  }

  private namedJudges(): Pick<TargetOptions, "modelPath" | "endpoint">[] {
    const { modelPaths = [], endpoints = [] } = this.options.judge ?? {};
    return [...modelPaths.map((modelPath) => ({ modelPath })), ...endpoints.map((endpoint) => ({ endpoint }))];
  }

  private async openNamed(
    named: readonly Pick<TargetOptions, "modelPath" | "endpoint">[],
    slots: number,
    host: Host,
  ): Promise<CompletionTarget[]> {
    const { model, apiKeyEnv } = this.options.judge ?? {};
    if (apiKeyEnv !== undefined) readSecret(apiKeyEnv);
    for (const name of named) {
      const options: TargetOptions = {
        ...this.options,
        ...{ modelPath: undefined, endpoint: undefined, model: undefined, apiKeyEnv: undefined, body: undefined, extra: undefined },
        ...name,
        ...(name.endpoint !== undefined && { model, apiKeyEnv }),
      };
      this.own.push(await openTarget(options, { slots, rates: this.rates }, host));
    }
    return this.own;
  }
}

/** Whether two targets answer alike: the same file, or the same name at the same place. */
export function isSameModel(a: CompletionTarget, b: CompletionTarget): boolean {
  return a === b || (a.identity === undefined ? a.model === b.model && a.location === b.location : a.identity === b.identity);
}

/** What stands for the model of a judge that asks none. Throws INVALID_ARGUMENT where models were named all the same. */
function withoutModel({ name }: JudgeMethod, modelsAreNamed: boolean): CompletionTarget {
  if (modelsAreNamed) {
    throw new LlmopsError(
      "INVALID_ARGUMENT",
      `The judge "${name}" asks no model, so --judge-model_path and --judge-endpoint have no effect.`,
      {
        hint: "Leave them out, or choose another --judge-method.",
      },
    );
  }
  return {
    ...{ model: name, location: "plugin", identity: `judge ${name}` },
    complete: () => {
      throw new LlmopsError("PLUGIN_FAILED", `The judge "${name}" says that it asks no model, but it asks one.`, {
        hint: "Leave out asksModel: false in the plugin.",
      });
    },
    close: () => Promise.resolve(),
  };
}
