import type { z } from "zod";
import { jsonSchemaOf } from "./openapi.js";

interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  description?: string;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** The fields of a request as people read them: name, type with its range, description. */
export function fieldsOf(request: z.ZodType | undefined): { name: string; type: string; description: string }[] {
  if (!request) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(request, "input") as JsonSchema;
  return Object.entries(properties).map(([name, field]) => {
    const type = typeOf(field) + (required.includes(name) ? ", required" : "");
    return { name, type, description: field.description ?? "" };
  });
}

function typeOf(schema: JsonSchema): string {
  const parts = (schema.anyOf ?? schema.oneOf)?.filter((part) => part.type !== "null");
  if (parts) return [...new Set(parts.map(typeOf))].join(" or ");
  if (schema.enum) return schema.enum.map(String).join(", ");
  const { minimum, exclusiveMinimum, maximum } = schema;
  const type = [schema.type ?? "any"]
    .flat()
    .filter((name) => name !== "null")
    .join(" or ");
  // zod bounds every integer by what a number can hold: that says nothing
  const bounds = [minimum ?? exclusiveMinimum, maximum].map((n) =>
    n === undefined || Math.abs(n) >= Number.MAX_SAFE_INTEGER ? "" : String(n),
  );
  if (bounds.every((bound) => bound === "")) return type;
  return `${type} ${exclusiveMinimum === undefined ? "" : ">"}${bounds.join("..")}`;
}
