import { pathToFileURL } from "node:url";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { Registered, Registry } from "../../base/registry/registry.js";
import type { JudgeMethod } from "../judge/judge-method.js";
import { BUILT_IN_JUDGES } from "../judge/judge-methods.js";
import type { SamplerDefinition } from "../samplers/sampler.js";
import { BUILT_IN_SAMPLERS } from "../samplers/samplers.js";
import { BUILT_IN_SCORERS } from "../scoring/built-in-scorers.js";
import type { ScorerDefinition } from "../scoring/scorer.js";
import { findModule } from "./find-module.js";
import type { LoadedPlugin, Plugin } from "./plugin.js";
import { judgeOfPlugin } from "./plugin-judge.js";
import { samplerOfPlugin } from "./plugin-sampler.js";
import { scorerOfPlugin } from "./plugin-scorer.js";
import { readPlugin } from "./read-plugin.js";

/** Importing a module takes moments; one that takes longer waits for something that never comes. */
const LOAD_MS = 60_000;

/** A plugin: a file, the name of a package, or, in a program, the plugin itself. */
export type PluginSource = string | Plugin;

/** Everything that can be named: what llmops has itself, and what plugins add. */
export interface Plugins {
  scorers: Registry<ScorerDefinition>;
  samplers: Registry<SamplerDefinition>;
  judges: Registry<JudgeMethod>;
  /** What each plugin adds. */
  loaded: readonly LoadedPlugin[];
}

/**
 * Imports plugins, in their order, and adds what they have to what there is. Their code runs in this process, with the rights of the
 * user. Throws PLUGIN_NOT_FOUND, and PLUGIN_INVALID for one that cannot be imported, is not a plugin, or uses a name that is taken.
 */
export async function loadPlugins(sources: readonly PluginSource[] = [], folder = process.cwd()): Promise<Plugins> {
  const loaded: LoadedPlugin[] = [];
  for (const source of new Set(sources)) loaded.push(await load(source, folder));
  const add = <Entry extends Registered>(known: Registry<Entry>, entriesOf: (plugin: LoadedPlugin) => Entry[]): Registry<Entry> =>
    loaded.reduce((registry, plugin) => withEntries(registry, entriesOf(plugin), plugin.source), known);
  return {
    scorers: add(BUILT_IN_SCORERS, (one) => namesOf(one.plugin.scorers).map((name) => scorerOfPlugin(name, one))),
    samplers: add(BUILT_IN_SAMPLERS, (one) => namesOf(one.plugin.samplers).map((name) => samplerOfPlugin(name, one))),
    judges: add(BUILT_IN_JUDGES, (one) => namesOf(one.plugin.judges).map((name) => judgeOfPlugin(name, one))),
    loaded,
  };
}

function namesOf(part: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.keys(part);
}

/** Throws PLUGIN_INVALID naming the plugin whose entry has a name that is taken. */
function withEntries<Entry extends Registered>(registry: Registry<Entry>, entries: readonly Entry[], source: string): Registry<Entry> {
  const taken = entries.find(({ name }) => registry.find(name));
  if (!taken) return registry.with(entries);
  const { kind } = registry;
  throw new LlmopsError("PLUGIN_INVALID", `The plugin ${source} adds a ${kind} "${taken.name}", but that name is already taken.`, {
    hint: `Rename it in the plugin. Taken: ${registry.names.join(", ")}.`,
  });
}

async function load(source: PluginSource, folder: string): Promise<LoadedPlugin> {
  if (typeof source !== "string") return { source: "given by the program", plugin: readPlugin(source, "given by the program") };
  const path = findModule(source, folder);
  return { source, path, plugin: readPlugin(await importDefault(path, source), source) };
}

/** Throws PLUGIN_INVALID for a module with a mistake in it, that throws, or that never finishes. */
async function importDefault(path: string, source: string): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes longer than ${LOAD_MS / 1000} s`)), LOAD_MS);
  });
  try {
    const module = (await Promise.race([import(pathToFileURL(path).href), late])) as { default?: unknown };
    return module.default;
  } catch (cause) {
    const kind = cause instanceof SyntaxError ? "has a syntax error" : "cannot be imported";
    throw new LlmopsError("PLUGIN_INVALID", `The plugin ${source} ${kind}: ${messageOf(cause)}.`, {
      hint: /\.[cm]?tsx?$/.test(path)
        ? "Compile it first (npx tsc), and name the resulting .js or .mjs file."
        : `Run node ${path} to see where.`,
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}
