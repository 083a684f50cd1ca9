import { nearestOf } from "../errors/nearest.js";
import { samplingSettings } from "./sampling-parameters.js";
import { optionalText, shaped, type ConfigSetting } from "./setting.js";

const ABOUT = "of requests that do not say themselves";

/** What requests get that say nothing of it, by its name in them; `system` is the text of a system message. */
export type ServingDefaults = Readonly<Record<string, number | string | readonly string[]>>;

const STOP_TEXT = { type: "string", minLength: 1 };
const STOP = { anyOf: [STOP_TEXT, { type: "array", items: STOP_TEXT, maxItems: 16 }] };

/** The parameters a server can have defaults for. */
const PARAMETERS = {
  ...samplingSettings(ABOUT),
  stop: shaped<readonly string[] | undefined>(undefined, readStop, {
    schema: STOP,
    about: `text, or list of texts, that ends answers, ${ABOUT}`,
  }),
  system: optionalText({ path: "prompt", about: "system message for chats without a system or developer message; @FILE reads a file" }),
};

/** The settings of the section `serving`. */
export const SERVING_SETTINGS = {
  ...(Object.fromEntries(Object.entries(PARAMETERS).map(([name, setting]) => [`serving.${name}`, setting])) as {
    [Name in keyof typeof PARAMETERS as `serving.${Name}`]: (typeof PARAMETERS)[Name];
  }),
  "serving.models": shaped<Readonly<Record<string, ServingDefaults>>>({}, readModels, {
    schema: {
      type: "object",
      additionalProperties: {
        type: "object",
        properties: Object.fromEntries(Object.entries(PARAMETERS).map(([name, { schema }]) => [name, schema])),
        additionalProperties: false,
      },
    },
    about: "the same by the names models are asked for; these come before the general ones",
  }),
};

/** The names of parameters a server can have defaults for. */
export const SERVING_NAMES: readonly string[] = Object.keys(PARAMETERS);

/** The defaults that were set. */
export function servingDefaults(settings: { readonly [name: string]: unknown }): ServingDefaults {
  const entries = SERVING_NAMES.map((name) => [name, settings[`serving.${name}`]]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ServingDefaults;
}

function readStop(value: unknown): readonly string[] {
  const texts = [value].flat();
  if (texts.length <= 16 && texts.every((text) => typeof text === "string" && text !== "")) return texts as string[];
  throw new Error("a text, or a list of up to 16 texts");
}

function readModels(value: unknown): Readonly<Record<string, ServingDefaults>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("parameters by the names of models");
  return Object.fromEntries(Object.entries(value).map(([model, parameters]) => [model, readModel(model, parameters)]));
}

function readModel(model: string, parameters: unknown): ServingDefaults {
  if (typeof parameters !== "object" || parameters === null)
    throw new Error(`parameters by the names of models, such as ${model}: {top_p: 0.9}`);
  const entries = Object.entries(parameters).map(([name, value]): [string, number | string | readonly string[]] => {
    const setting = Object.hasOwn(PARAMETERS, name) ? (PARAMETERS as Record<string, ConfigSetting<unknown>>)[name] : undefined;
    if (!setting) throw new Error(`of parameters there are, not ${model}.${name} (${suggest(name)})`);
    try {
      return [name, setting.read(value) as number | string | readonly string[]];
    } catch (error) {
      throw new Error(`right in ${model}.${name}: ${(error as Error).message}`, { cause: error });
    }
  });
  return Object.fromEntries(entries);
}

function suggest(name: string): string {
  const nearest = nearestOf(name, SERVING_NAMES);
  return nearest === undefined ? `there are ${SERVING_NAMES.join(", ")}` : `did you mean ${nearest}?`;
}
