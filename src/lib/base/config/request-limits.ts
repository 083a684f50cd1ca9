import { number, type ConfigSetting } from "./setting.js";

const limit = (standard: number, about: string, max = 100_000_000): ConfigSetting<number> => number(standard, { min: 1, max }, { about });

/** Of a request's body, where nothing else is set. */
export const BODY_LIMIT_BYTES = 4_000_000;

/** How large requests may be: what is larger is refused before any work is done for it. */
export const REQUEST_LIMITS = {
  depth: limit(128, "lists and objects within each other in a request's JSON", 1000),
  values: limit(100_000, "values and names of members in a request's JSON"),
  names: limit(20_000, "names of members in a request's JSON"),
  messages: limit(2000, "messages of a chat"),
  tools: limit(128, "tools of a chat"),
  stops: limit(64, "texts, or tokens, that end an answer"),
  stop_length: limit(1000, "characters of a stop text"),
  logit_bias: limit(1024, "entries of logit_bias, allowed_token_ids, or bad_words"),
  tags: limit(100, "tags of a tracked request"),
  prompts: limit(128, "prompts of a text completion"),
  tokenize_bytes: limit(1_000_000, "bytes of a request to /tokenize"),
  detokenize_tokens: limit(100_000, "tokens of a request to /detokenize"),
} as const;

export type RequestLimits = Readonly<Record<keyof typeof REQUEST_LIMITS, number>>;

const NAMES = Object.keys(REQUEST_LIMITS) as (keyof RequestLimits)[];

/** The settings of the section `request_limits`. */
export const LIMIT_SETTINGS = Object.fromEntries(NAMES.map((name) => [limitName(name), REQUEST_LIMITS[name]])) as {
  [Name in keyof RequestLimits as `request_limits.${Name}`]: ConfigSetting<number>;
};

/** The limits when nothing is set. */
export const DEFAULT_LIMITS = limitsOf((name) => REQUEST_LIMITS[name].default);

/** The limits that are set. */
export function requestLimits(settings: { readonly [Name in keyof typeof LIMIT_SETTINGS]: number }): RequestLimits {
  return limitsOf((name) => settings[limitName(name)]);
}

/** The name of a limit's setting. */
export function limitName<Name extends keyof RequestLimits>(name: Name): `request_limits.${Name}` {
  return `request_limits.${name}`;
}

function limitsOf(valueOf: (name: keyof RequestLimits) => number): RequestLimits {
  return Object.fromEntries(NAMES.map((name) => [name, valueOf(name)])) as unknown as RequestLimits;
}
