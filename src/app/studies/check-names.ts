import { throwProblems, type LoadedSettings } from "../../lib/base/config/load-settings.js";
import { isMissingModule, isMissingRubric } from "../../lib/base/config/missing.js";
import type { SettingName } from "../../lib/base/config/settings.js";
import { isAbort, LlmopsError, toLlmopsError } from "../../lib/base/errors/llmops-error.js";
import { chooseMethod } from "../../lib/experiments/judge/judge-methods.js";
import { findRubric } from "../../lib/experiments/judge/rubric-files.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import { resolveJudgedScorers } from "../judging/judged-scorers.js";

/** A setting that names something, and what finds it. */
interface Named {
  setting: SettingName;
  name: string;
  find: () => unknown;
}

/**
 * Finds what the settings of a project name: scorers, the way to judge, rubrics, those of its plugins among them. Files that are not there
 * are passed over. Gives the names. Throws CONFIG_INVALID with the place of every one that nothing has, and what loading plugins throws.
 */
export async function checkNames({ settings, origins }: LoadedSettings, signal: AbortSignal): Promise<string[]> {
  const plugins = await loadPlugins(settings.plugins);
  const scorersOf = (names: readonly string[]) => resolveJudgedScorers(names, { judges: () => [], plugins, signal });
  const scorers = settings.scorers.filter((name) => !isMissingModule(name));
  const { "judge.method": method, "judge.rubrics": rubrics } = settings;
  const named: Named[] = [
    ...scorers.map((name) => ({ setting: "scorers" as const, name, find: () => scorersOf([name]) })),
    ...(method === undefined ? [] : [{ setting: "judge.method" as const, name: method, find: () => chooseMethod(method, plugins.judges) }]),
    ...rubrics
      .filter((name) => !isMissingRubric(name))
      .map((name) => ({ setting: "judge.rubrics" as const, name, find: () => findRubric(name) })),
  ];
  const problems = (await Promise.all(named.map((one) => problemOf(one, origins)))).flat();
  // each is known, but two may go by one name
  const together = { setting: "scorers" as const, name: scorers.join(", "), find: () => scorersOf(scorers) };
  throwProblems(problems.length > 0 ? problems : await problemOf(together, origins));
  return named.map(({ name }) => name);
}

async function problemOf({ setting, find }: Named, origins: LoadedSettings["origins"]): Promise<LlmopsError[]> {
  try {
    await find();
    return [];
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown;
    const { message, hint, cause } = toLlmopsError(thrown);
    return [
      new LlmopsError("CONFIG_INVALID", `${origins[setting]}: ${setting}: ${message}`, { ...(hint !== undefined && { hint }), cause }),
    ];
  }
}
