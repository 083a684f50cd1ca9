import { requestNames, SAMPLING_KEYS, SAMPLING_PARAMETERS } from "../../base/config/sampling-parameters.js";
import type { JsonObject } from "../../inference/gateway/call.js";

type Values = Readonly<Record<string, number | string | readonly string[]>>;

/** What requests get that say nothing of it: for all models, and by the name of a model. */
export interface RequestDefaults {
  all: Values;
  models: Readonly<Record<string, Values>>;
}

export const NO_DEFAULTS: RequestDefaults = { all: {}, models: {} };

/** All names a request may say a parameter by. */
const SAME: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  SAMPLING_KEYS.map((key) => [SAMPLING_PARAMETERS[key].name, requestNames(SAMPLING_PARAMETERS[key])]),
);

/** The defaults of a model that is known by these names, the last of which counts most. */
export function defaultsFor({ all, models }: RequestDefaults, names: readonly (string | undefined)[]): Values {
  const found = names.map((name) => (name !== undefined && Object.hasOwn(models, name) ? models[name] : undefined));
  return Object.assign({}, all, ...found) as Values;
}

/** A body with what it does not say itself; a system message is put before a chat that has neither one nor a developer's. */
export function withDefaults(body: JsonObject, { system, ...values }: Values): JsonObject {
  const missing = Object.entries(values).filter(([name]) => (SAME[name] ?? [name]).every((one) => (body[one] ?? undefined) === undefined));
  const { messages } = body;
  const instructs = (message: unknown) => ["system", "developer"].includes(String((message as JsonObject | null)?.["role"]));
  const isBare = system !== undefined && Array.isArray(messages) && !messages.some(instructs);
  return {
    ...body,
    ...Object.fromEntries(missing),
    ...(isBare && { messages: [{ role: "system", content: system }, ...(messages as unknown[])] }),
  };
}

/** The defaults in one line, for people; undefined where there are none. */
export function describeDefaults(values: Values): string | undefined {
  const parts = Object.entries(values).map(([name, value]) => `${name}=${typeof value === "number" ? value : shortened(value)}`);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function shortened(value: string | readonly string[]): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 58)}…"`;
}
