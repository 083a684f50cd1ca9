import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { PARAMETERS } from "./parameters.js";
import type { Setting, StudyPlan } from "./study.js";

/** Opens what the given model, endpoint or sizes name. */
export type OpenTarget = (params: Setting) => Promise<CompletionTarget>;

/** The targets of a study: settings that name the same model or endpoint share one, opened when it is first asked. Settings may be added to the plan. */
export class TargetPool {
  private readonly plan: StudyPlan;
  private readonly open: OpenTarget;
  private readonly opened: Map<string, Promise<CompletionTarget>>;

  constructor(plan: StudyPlan, open: OpenTarget, opened = new Map<string, Promise<CompletionTarget>>()) {
    this.plan = plan;
    this.open = open;
    this.opened = opened;
  }

  /** The same targets for the settings of another plan. */
  beside(plan: StudyPlan): TargetPool {
    return new TargetPool(plan, this.open, this.opened);
  }

  /** Groups of settings that share a target. */
  groups(settings: readonly number[]): number[][] {
    const groups = new Map<string, number[]>();
    for (const setting of settings) groups.set(this.keyOf(setting), [...(groups.get(this.keyOf(setting)) ?? []), setting]);
    return [...groups.values()];
  }

  /** The target of a setting. */
  of(setting: number): Promise<CompletionTarget> {
    return this.at(this.keyOf(setting));
  }

  /** The target without any setting. */
  default(): Promise<CompletionTarget> {
    return this.at(JSON.stringify(targetParams(this.plan.fixed)));
  }

  /** One target for every group, all open. Throws what opening throws. */
  all(): Promise<CompletionTarget[]> {
    return this.groups(this.plan.settings.map((_, setting) => setting)).reduce<Promise<CompletionTarget[]>>(
      async (before, [setting = 0]) => [...(await before), await this.of(setting)],
      Promise.resolve([]),
    );
  }

  /** Closes the target of a setting, for the memory of the next; asked again it is opened again. */
  async release(setting: number): Promise<void> {
    const key = this.keyOf(setting);
    const known = this.opened.get(key);
    this.opened.delete(key);
    await known?.then(
      (target) => target.close(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    const results = await Promise.allSettled(this.opened.values());
    for (const result of results) if (result.status === "fulfilled") await result.value.close();
  }

  private at(key: string): Promise<CompletionTarget> {
    const known = this.opened.get(key) ?? this.open(JSON.parse(key) as Setting);
    this.opened.set(key, known);
    return known;
  }

  private keyOf(setting: number): string {
    return JSON.stringify(targetParams({ ...this.plan.fixed, ...this.plan.settings[setting] }));
  }
}

function targetParams(setting: Setting): Setting {
  return Object.fromEntries(Object.entries(setting).filter(([name]) => PARAMETERS[name]?.kind === "target"));
}
