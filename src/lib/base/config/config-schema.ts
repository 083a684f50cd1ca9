import type { ConfigSetting } from "./setting.js";
import { SETTINGS } from "./settings.js";

interface Section {
  type: readonly string[];
  properties: Record<string, object>;
  additionalProperties: false;
}

/** The JSON Schema (2020-12) of llmops.yaml, of the same declarations that read it: for editors and linters. */
export function configSchema(): object {
  const properties: Record<string, object> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [string, ConfigSetting<unknown>][]) {
    for (const place of [name, ...setting.aliases]) {
      const [section = "", key] = place.split(".");
      const described = { ...orNothing(setting.schema), description: describe(setting, place === name ? undefined : name) };
      if (key === undefined) properties[section] = described;
      else sectionOf(properties, section).properties[key] = described;
    }
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "llmops.yaml: what llmops does in a project",
    type: ["object", "null"],
    properties,
    additionalProperties: false,
  };
}

function sectionOf(properties: Record<string, object>, name: string): Section {
  const section = (properties[name] ??= { type: ["object", "null"], properties: {}, additionalProperties: false });
  return section as Section;
}

/** "key:" alone leaves the default. */
function orNothing(schema: object): object {
  return { anyOf: [schema, { type: "null" }] };
}

function describe({ about, env, default: standard }: ConfigSetting<unknown>, main: string | undefined): string {
  const notes = [
    ...(main === undefined ? [] : [`the same as ${main}`]),
    ...(env.length === 0 ? [] : [`environment: ${env.join(", ")}`]),
    ...(standard === undefined || standard === "" ? [] : [`default: ${JSON.stringify(standard)}`]),
  ];
  return notes.length === 0 ? about : `${about} [${notes.join("; ")}]`;
}
