import { resolve } from "node:path";
import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import { readTextFile } from "../files/read-text-file.js";
import { nearestOf } from "../errors/nearest.js";
import { findProjectFile, resolvePaths } from "./find-project.js";
import { readSetting, type ConfigSetting } from "./setting.js";
import { SETTINGS, type SettingName, type Settings } from "./settings.js";

/** Where a value comes from, as people are told: "default", "llmops.yaml:12", "PORT", "--port". */
export type Origins = Readonly<Record<SettingName, string>>;

export interface LoadedSettings {
  settings: Settings;
  origins: Origins;
  /** The file that was read. */
  file: string | undefined;
}

/** Values by setting, with where they come from. */
export type GivenSettings = ReadonlyMap<SettingName, Found>;

export interface SettingSources {
  /** Values of flags by their names; absent ones are undefined. */
  flags?: Readonly<Record<string, unknown>>;
  /** Values a flag gives that is of several settings: after those of a setting's own flag. */
  given?: GivenSettings;
  environment?: NodeJS.ProcessEnv;
  /** A file that has to be there; without it the project's is read if there is one. */
  file?: string | undefined;
  folder?: string;
}

const NAMES = Object.keys(SETTINGS) as SettingName[];

/**
 * Flags over environment over file over defaults. Throws CONFIG_INVALID naming the place of everything that is wrong, with the nearest name
 * for one that is unknown.
 */
export function loadSettings({
  flags = {},
  given,
  environment = process.env,
  file,
  folder = process.cwd(),
}: SettingSources = {}): LoadedSettings {
  const path = file === undefined ? findProjectFile(folder) : resolve(folder, file);
  const read = path === undefined ? undefined : readFile(path);
  const fromFile = (name: SettingName): Found | undefined => {
    const found = read?.values.get(name);
    if (!found || !read) return found;
    const value = readSetting(SETTINGS[name] as ConfigSetting<unknown>, found.value, `${found.place}: ${name}`);
    return { ...found, value: resolvePaths(value, SETTINGS[name].path, { file: read.path, folder }) };
  };
  const find = (name: SettingName, setting: ConfigSetting<unknown>) =>
    fromFlag(setting, flags) ?? given?.get(name) ?? fromEnvironment(setting, environment) ?? fromFile(name);
  return { ...readSettings(find, read?.problems), file: read?.path };
}

/** Settings of which some are given, and the others have their defaults. Throws CONFIG_INVALID naming everything that is wrong. */
export function completeSettings(given: Partial<Settings>): Settings {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(SETTINGS, name));
  const find = (name: SettingName): Found | undefined => {
    const value = given[name];
    return value === undefined ? undefined : { value, place: name };
  };
  return readSettings(
    find,
    unknown.map((name) => unknownKey(name, "settings", NAMES)),
  ).settings;
}

/** Every setting as it is found, else its default. Throws CONFIG_INVALID for all that is wrong, and the problems known already. */
function readSettings(
  find: (name: SettingName, setting: ConfigSetting<unknown>) => Found | undefined,
  known: readonly LlmopsError[] = [],
): Pick<LoadedSettings, "settings" | "origins"> {
  const problems = [...known];
  const entries = NAMES.map((name) => {
    const setting: ConfigSetting<unknown> = SETTINGS[name];
    try {
      const found = find(name, setting);
      if (found) return [name, { value: readSetting(setting, found.value, found.place), origin: found.place }] as const;
    } catch (error) {
      if (!(error instanceof LlmopsError)) throw error;
      problems.push(error);
    }
    return [name, { value: setting.default, origin: "default" }] as const;
  });
  throwProblems(problems);
  const pick = (key: "value" | "origin") => Object.fromEntries(entries.map(([name, found]) => [name, found[key]]));
  return { settings: pick("value") as unknown as Settings, origins: pick("origin") as unknown as Origins };
}

/** Throws one problem as it is, and several as CONFIG_INVALID, each in a line of its own, so that nobody meets them one by one. */
export function throwProblems(problems: readonly LlmopsError[]): void {
  const [first, second] = problems;
  if (!first) return;
  if (!second) throw first;
  const lines = problems.map(({ message, hint }) => `${message}${hint === undefined ? "" : ` ${hint}`}`);
  throw new LlmopsError("CONFIG_INVALID", lines.join("\n"), {
    hint: "Fix all of them, then run `llmops config check` to check the file again.",
  });
}

interface Found {
  value: unknown;
  place: string;
}

function fromFlag({ flag }: ConfigSetting<unknown>, flags: Readonly<Record<string, unknown>>): Found | undefined {
  const value = flag === undefined ? undefined : flags[flag];
  return value === undefined ? undefined : { value, place: `--${flag}` };
}

function fromEnvironment({ env }: ConfigSetting<unknown>, environment: NodeJS.ProcessEnv): Found | undefined {
  const name = env.find((one) => (environment[one] ?? "") !== "");
  return name === undefined ? undefined : { value: environment[name], place: name };
}

/** The values of a file by setting, and what in it is none. */
function readFile(path: string): { path: string; values: Map<SettingName, Found>; problems: LlmopsError[] } {
  let content: string;
  try {
    content = readTextFile(path);
  } catch (error) {
    throw new LlmopsError("CONFIG_INVALID", `The configuration ${path} cannot be read: ${messageOf(error)}.`, {
      hint: "Create one with `llmops init`.",
    });
  }
  const document = parseDocument(content, { prettyErrors: true });
  const [fault] = document.errors;
  if (fault) {
    const line = content.slice(0, fault.pos[0]).split("\n").length;
    throw new LlmopsError("CONFIG_INVALID", `${path}:${line}: this is not valid YAML: ${fault.message.split("\n")[0]}`, {
      hint: "Fix the line, then run `llmops config check` to check the file again.",
    });
  }
  const values = new Map<SettingName, Found>();
  const problems: LlmopsError[] = [];
  if (document.contents === null) return { path, values, problems };
  if (!isMap(document.contents)) throw new LlmopsError("CONFIG_INVALID", `${path} must consist of sections such as server: and cache:.`);
  const place = (key: unknown) => {
    const range = isScalar(key) ? key.range : undefined;
    return `${path}:${range ? content.slice(0, range[0]).split("\n").length : 1}`;
  };
  collect(document.contents, { place, values, problems });
  return { path, values, problems };
}

interface Collecting {
  place: (key: unknown) => string;
  values: Map<SettingName, Found>;
  problems: LlmopsError[];
}

function collect(root: YAMLMap, collecting: Collecting): void {
  for (const { key, value } of root.items) {
    const section = String(key);
    if (PLACES.has(section)) {
      collectValue(section, { key, value }, collecting);
      continue;
    }
    const isEmpty = value === null || (isScalar(value) && value.value === null);
    if (!SECTIONS.has(section) || !(isEmpty || isMap(value))) {
      collecting.problems.push(unknownKey(section, collecting.place(key), [...SECTIONS]));
    } else if (isMap(value)) for (const item of value.items) collectSetting(section, item, collecting);
  }
}

function collectSetting(section: string, item: { key: unknown; value: unknown }, collecting: Collecting): void {
  collectValue(`${section}.${String(item.key)}`, item, collecting);
}

function collectValue(path: string, { key, value }: { key: unknown; value: unknown }, { place, values, problems }: Collecting): void {
  const name = PLACES.get(path);
  if (name === undefined) return void problems.push(unknownKey(path, place(key), [...PLACES.keys()]));
  const plain: unknown = (value as { toJSON?: () => unknown } | null)?.toJSON?.() ?? null;
  if (plain === null) return; // "key:" alone leaves the default
  if (values.has(name)) {
    const text = `${place(key)}: ${path} sets the same setting as another key (${name}).`;
    return void problems.push(new LlmopsError("CONFIG_INVALID", text));
  }
  values.set(name, { value: plain, place: place(key) });
}

/** Settings by every place of the file they may stand at. */
const PLACES = new Map<string, SettingName>(
  NAMES.flatMap((name) => [name, ...SETTINGS[name].aliases].map((place) => [place, name] as const)),
);
const SECTIONS = new Set([...PLACES.keys()].map((place) => place.split(".")[0] ?? ""));

function unknownKey(path: string, place: string, known: readonly string[]): LlmopsError {
  const nearest = nearestOf(path, known);
  return new LlmopsError("CONFIG_INVALID", `${place}: unknown setting "${path}".`, {
    hint: nearest === undefined ? `Available: ${known.slice(0, 12).join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}
