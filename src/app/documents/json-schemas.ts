import { jsonSchemaOf } from "../../lib/base/http/openapi.js";
import { DOCUMENTS } from "./index.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** A document's JSON Schema; what is not a field of it is an error. */
export function documentJsonSchema(name: string): Record<string, unknown> | undefined {
  const schema = DOCUMENTS.get(name);
  return schema && { $schema: DIALECT, title: name, ...jsonSchemaOf(schema, "output") };
}

/** The files of `schemas/`, by name: one JSON Schema per document, such as `sweep-3.json` for `llmops.sweep/3`. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const names = [...DOCUMENTS.keys()].sort();
  return new Map(names.map((name) => [fileNameOf(name), `${JSON.stringify(documentJsonSchema(name), null, 2)}\n`]));
}

function fileNameOf(name: string): string {
  return `${name.replace(/^llmops\./, "").replace("/", "-")}.json`;
}
