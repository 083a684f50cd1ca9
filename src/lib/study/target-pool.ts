import type { CompletionTarget } from "../openai/completion-target.js";
import { PARAMETERS } from "./parameters.js";
import type { Setting, StudyPlan } from "./study.js";

/** Opens what the given model, endpoint or sizes name. */
export type OpenTarget = (params: Setting) => Promise<CompletionTarget>;

/** The targets of a study: settings that name the same model or endpoint share one, opened when it is first asked. */
export class TargetPool {
  private readonly keys: string[];
  private readonly open: OpenTarget;
  private readonly opened = new Map<string, Promise<CompletionTarget>>();

  constructor(plan: StudyPlan, open: OpenTarget) {
    this.keys = plan.settings.map((setting) => JSON.stringify(targetParams({ ...plan.fixed, ...setting })));
    this.open = open;
  }

  /** Groups of settings that share a target. */
  groups(settings: readonly number[]): number[][] {
    const groups = new Map<string, number[]>();
    for (const setting of settings) groups.set(this.keys[setting] ?? "", [...(groups.get(this.keys[setting] ?? "") ?? []), setting]);
    return [...groups.values()];
  }

  /** The target of a setting. */
  of(setting: number): Promise<CompletionTarget> {
    const key = this.keys[setting] ?? "{}";
    const known = this.opened.get(key) ?? this.open(JSON.parse(key) as Setting);
    this.opened.set(key, known);
    return known;
  }

  /** One target for every group, all open. Throws what opening throws. */
  all(): Promise<CompletionTarget[]> {
    return this.groups(this.keys.map((_, setting) => setting)).reduce<Promise<CompletionTarget[]>>(
      async (before, [setting = 0]) => [...(await before), await this.of(setting)],
      Promise.resolve([]),
    );
  }

  async close(): Promise<void> {
    const results = await Promise.allSettled(this.opened.values());
    for (const result of results) if (result.status === "fulfilled") await result.value.close();
  }
}

function targetParams(setting: Setting): Setting {
  return Object.fromEntries(Object.entries(setting).filter(([name]) => PARAMETERS[name]?.kind === "target"));
}
