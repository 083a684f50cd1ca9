import { Parser, type Interfaces } from "@oclif/core";
import { ENGINE_KEYS, ENGINE_PARAMETERS } from "../../lib/base/config/engine-parameters.js";
import type { LoadedSettings } from "../../lib/base/config/load-settings.js";
import type { ConfigSetting } from "../../lib/base/config/setting.js";
import { SETTINGS, type SettingName } from "../../lib/base/config/settings.js";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";

/** Commands that ask a model the rows of a dataset: what the project says of models, endpoints, datasets, scorers, gates and limits is theirs. */
export const STUDIES = ["sweep", "eval", "optimize", "ab", "judge", "judge:calibrate", "judge:audit", "score"];
/** Contestants of these are named as arguments. */
const NAMED_AS_ARGUMENTS: Record<string, readonly string[]> = {
  ab: ["endpoint", "model", "api-key-env", "model_path"],
  score: ["dataset"],
  "judge:calibrate": ["dataset"],
  "judge:audit": ["dataset"],
};
/** What scorers' values have to hold: a judge grades on scales of its own. */
const STUDY_GATES: readonly SettingName[] = ["gates.require", "gates.fail_under", "gates.baseline", "gates.min_effect"];
/** What an endpoint has itself. */
const SIZES: readonly string[] = ENGINE_KEYS.filter((key) => !("onlyServe" in ENGINE_PARAMETERS[key])).map(
  (key) => ENGINE_PARAMETERS[key].flag,
);

/** Marks a flag whose value the project's file gives. */
const FILLED = Symbol("filled");

export type FlagSet = Record<string, Interfaces.Flag<unknown>>;

/** A flag's value that the project gives, and where it stands. */
export interface FilledFlag {
  words: readonly string[];
  place: string;
}

/**
 * What the project's file, or the environment through it, says of flags of a command that were not given. `given` has the values of those
 * that were, on the command line or by their own variable. Throws INVALID_ARGUMENT for one that would do nothing beside the file's endpoint.
 */
export function fillFlags(
  command: string,
  flags: FlagSet,
  { loaded, given }: { loaded: LoadedSettings; given: Readonly<Record<string, unknown>> },
): Map<string, FilledFlag> {
  const filled = new Map<string, FilledFlag>();
  const put = (flag: string, value: unknown, place: string) => {
    const words = flags[flag] === undefined || given[flag] !== undefined ? [] : toWords(flag, value, flags[flag]);
    if (words.length > 0) filled.set(flag, { words, place });
  };
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, ConfigSetting<unknown>][]) {
    const { fills } = setting;
    const place = loaded.origins[name];
    if (fills === "map" && given["dataset"] !== undefined) continue; // it says what the columns of the file's own dataset are
    if (fills === undefined || place === "default" || !isMeant(command, { name, fills, setting, flag: flags[fills] })) continue;
    put(fills, loaded.settings[name], place);
  }
  nameEndpoint(command, { loaded, given, filled, put });
  const store = loaded.settings["tracking.uri"];
  // what `mlflow server` serves is the project's store, unless that is a server itself
  if (loaded.origins["tracking.uri"] !== "default" && !/^https?:/i.test(store))
    put("backend-store-uri", store, loaded.origins["tracking.uri"]);
  return leaveOutIdle(filled, given);
}

/** A setting that has variables is meant where the flag has them too: elsewhere a flag of that name selects, or filters. */
function isMeant(
  command: string,
  { name, fills, setting, flag }: { name: SettingName; fills: string; setting: ConfigSetting<unknown>; flag: FlagSet[string] | undefined },
): boolean {
  if (fills === "tracking-uri" || fills === "experiment") return setting.env.includes(String((flag as { env?: string } | undefined)?.env));
  if (name === "plugins") return true; // wherever something of a plugin can be named
  if (name === "judge.require" ? command !== "judge" : command === "judge" && STUDY_GATES.includes(name)) return false;
  return STUDIES.includes(command) && !NAMED_AS_ARGUMENTS[command]?.includes(fills);
}

/** An endpoint by its name is its URL, with its model and key where they are not given. */
function nameEndpoint(
  command: string,
  {
    loaded,
    given,
    filled,
    put,
  }: {
    loaded: LoadedSettings;
    given: Readonly<Record<string, unknown>>;
    filled: Map<string, FilledFlag>;
    put: (flag: string, value: unknown, place: string) => void;
  },
): void {
  if (!STUDIES.includes(command)) return;
  for (const prefix of ["", "judge-"]) {
    const flag = `${prefix}endpoint`;
    const written = given[flag] ?? filled.get(flag)?.words.flatMap((word, i) => (i % 2 === 1 ? [word] : []));
    const names = ([written].flat() as (string | undefined)[]).filter((name) => name !== undefined);
    const found = names.map((name) => (Object.hasOwn(loaded.settings.endpoints, name) ? loaded.settings.endpoints[name] : undefined));
    if (found.every((one) => one === undefined)) continue;
    const place = loaded.origins.endpoints;
    filled.set(flag, { words: names.flatMap((name, i) => [`--${flag}`, found[i]?.url ?? name]), place });
    const [first] = found;
    if (first?.model !== undefined && !filled.has(`${prefix}model`)) put(`${prefix}model`, first.model, place);
    if (first?.api_key_env !== undefined && !filled.has(`${prefix}api-key-env`)) put(`${prefix}api-key-env`, first.api_key_env, place);
  }
}

/** A model that is named keeps the file's endpoint away, an endpoint the file's model and its sizes. */
function leaveOutIdle(filled: Map<string, FilledFlag>, given: Readonly<Record<string, unknown>>): Map<string, FilledFlag> {
  const drop = (names: readonly string[]) => names.forEach((name) => filled.delete(name));
  if (given["model_path"] !== undefined) drop(["endpoint", "model", "api-key-env"]);
  if (given["endpoint"] !== undefined || filled.has("endpoint")) drop(["model_path", ...SIZES]);
  if (given["judge-model_path"] !== undefined) drop(["judge-endpoint", "judge-model", "judge-api-key-env"]);
  if (given["judge-endpoint"] !== undefined) drop(["judge-model_path"]);
  if (given["load_in_8bit"] === true) drop(["load_in_4bit"]);
  if (given["load_in_4bit"] === true) drop(["load_in_8bit"]);
  const place = filled.get("endpoint")?.place;
  const idle = given["endpoint"] === undefined && place !== undefined ? SIZES.find((name) => given[name] !== undefined) : undefined;
  if (idle === undefined) return filled;
  throw new LlmopsError("INVALID_ARGUMENT", `--${idle} has no effect: the endpoint of ${place} has its own sizes.`, {
    hint: "Leave it out, or name a model with --model_path.",
  });
}

function toWords(name: string, value: unknown, flag: FlagSet[string]): string[] {
  if (flag.type === "boolean") return value === true ? [`--${name}`] : flag.allowNo ? [`--no-${name}`] : [];
  const values = [value].flat().map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  if (name === "map" && flag.multiple !== true) return values.length === 0 ? [] : [`--${name}`, values.join(",")];
  return values.flatMap((one) => [`--${name}`, one]);
}

/** The flags with what the project gives as their defaults, read as if it had been typed. Throws CONFIG_INVALID naming the place. */
export async function withProjectDefaults(flags: FlagSet, filled: ReadonlyMap<string, FilledFlag>): Promise<FlagSet> {
  const entries = [...filled].map(async ([name, { words, place }]) => {
    const flag = flags[name] as Interfaces.Flag<unknown>;
    try {
      const { flags: read } = await Parser.parse([...words], { flags: withoutRelations({ [name]: flag }), args: {}, strict: true });
      return [name, { ...flag, [FILLED]: true, default: () => Promise.resolve((read as Record<string, unknown>)[name]) }] as const;
    } catch (cause) {
      const why = messageOf(cause).split("\n")[0];
      throw new LlmopsError("CONFIG_INVALID", `${place}: this cannot be used as --${name}: ${why}`, {
        hint: "`llmops config show --origin` shows every setting with where it comes from.",
        cause,
      });
    }
  });
  return { ...flags, ...(Object.fromEntries(await Promise.all(entries)) as FlagSet) };
}

/** What given flags mean by the project's file, such as the URL of an endpoint that was given by its name. */
export async function namedValues(flags: FlagSet, given: readonly string[]): Promise<Record<string, unknown>> {
  const meant = given.filter((name) => flags[name] !== undefined && FILLED in flags[name]);
  return Object.fromEntries(
    await Promise.all(
      meant.map(async (name) => [name, await (flags[name] as unknown as { default: () => Promise<unknown> }).default()] as const),
    ),
  );
}

/** The flags without what relates them: for a look at what was given. */
export function withoutRelations(flags: FlagSet): FlagSet {
  const relations = ["exclusive", "dependsOn", "relationships", "combinable", "exactlyOne", "atLeastOne", "required"];
  const lone = Object.entries(flags).map(([name, flag]) => [
    name,
    Object.fromEntries(Object.entries(flag).filter(([key]) => !relations.includes(key))),
  ]);
  return Object.fromEntries(lone) as FlagSet;
}

/**
 * What every flag of a command would be if none was given, and where that comes from: its variable, the project's file, or its default.
 * Throws what filling and reading throw.
 */
export async function viewFlags(
  command: string,
  flags: FlagSet,
  loaded: LoadedSettings | undefined,
): Promise<{ setting: string; value: unknown; origin: string }[]> {
  const seen = await Parser.parse([], { flags: withoutRelations(flags), args: {}, strict: false });
  const values = seen.flags as Record<string, unknown>;
  const fromVariable = Object.keys(values).filter((name) => seen.metadata.flags[name]?.setFromDefault !== true);
  const given = Object.fromEntries(fromVariable.map((name) => [name, values[name]]));
  const filled = loaded ? fillFlags(command, flags, { loaded, given }) : new Map<string, FilledFlag>();
  const read = (await Parser.parse([], { flags: withoutRelations(await withProjectDefaults(flags, filled)), args: {}, strict: false }))
    .flags as Record<string, unknown>;
  return Object.keys(flags).map((name) => {
    const variable = fromVariable.includes(name) ? (flags[name] as { env?: string }).env : undefined;
    return { setting: `--${name}`, value: read[name], origin: variable ?? filled.get(name)?.place ?? "default" };
  });
}
