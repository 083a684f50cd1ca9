import { pathToFileURL } from "node:url";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { readOptions } from "../../base/registry/named-options.js";
import { fileVersion, factsOf, threadScorer, toInput, toOutput, toScore, withinRange } from "../scoring/custom.js";
import { withinTime } from "../scoring/deadline.js";
import type { CustomScorer, ScoreFunction } from "../scoring/module-types.js";
import { ModuleThread } from "../scoring/module-thread.js";
import type { Scorer, ScorerDefinition } from "../scoring/scorer.js";
import type { LoadedPlugin } from "./plugin.js";

/** A scorer of a plugin. That of a file runs in a thread of its own, which ends where it takes longer than --timeout. */
export function scorerOfPlugin(name: string, { plugin, path, source }: LoadedPlugin): ScorerDefinition {
  const given = plugin.scorers?.[name] as ScoreFunction | CustomScorer;
  const scorer: CustomScorer = typeof given === "function" ? { score: given } : given;
  const about = scorer.about ?? `a scorer of ${source}`;
  return {
    ...{ name, about },
    ...(scorer.options && { argument: { placeholder: "OPTIONS", about: `${about}, with options` } }),
    make: (text) => {
      const options = readOptions(`scorer "${name}"`, scorer.options, text);
      if (path === undefined) return directScorer(name, scorer, options);
      const thread = new ModuleThread({ href: pathToFileURL(path).href, path: source, scorer: name, options: cloned(name, options) });
      return { ...threadScorer(name, factsOf(name, scorer), thread), version: fileVersion(path) };
    },
  };
}

/** A scorer of a plugin that a program hands over: it runs where the program does. */
function directScorer(name: string, scorer: CustomScorer, options: unknown): Scorer {
  const { range, ...facts } = factsOf(name, scorer);
  return {
    ...{ ...facts, name, ...(range && { range }) },
    score: async (sample, completion, context) => {
      const given = await withinTime(() => Promise.resolve(scorer.score(toInput(sample), toOutput(completion), options)), context);
      return withinRange(toScore(given), { kind: facts.kind, range });
    },
  };
}

/** What a thread can be sent. Throws PLUGIN_INVALID for options that cannot leave this one. */
function cloned(name: string, options: unknown): unknown {
  try {
    return structuredClone(options);
  } catch (cause) {
    throw new LlmopsError("PLUGIN_INVALID", `The options of the scorer "${name}" hold something that cannot be sent to its thread.`, {
      hint: "Have its schema give numbers, texts, lists, and objects, not functions.",
      cause,
    });
  }
}
