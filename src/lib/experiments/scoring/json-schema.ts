import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readJsonFile } from "../../base/files/read-text-file.js";
import { matchesPattern } from "./match-pattern.js";
import type { Scorer } from "./scorer.js";

/** 1 when the whole completion is JSON, or a Markdown code fence with JSON in it and nothing around it, and, with a schema file, follows it (draft 2020-12); else 0. */
export function jsonScorer(schemaPath?: string): Scorer {
  const validate = schemaPath === undefined ? undefined : loadSchema(schemaPath);
  return {
    name: schemaPath === undefined ? "json" : "json_schema",
    kind: "rate",
    direction: "max",
    score(_, { text }) {
      let value: unknown;
      try {
        value = JSON.parse(
          text
            .trim()
            .replace(/^```(?:json)?([\s\S]*)```$/i, "$1")
            .trim(),
        );
      } catch (error) {
        return { value: 0, explanation: messageOf(error) };
      }
      if (!validate || validate(value)) return { value: 1 };
      const [first] = validate.errors ?? [];
      return { value: 0, explanation: `${first?.instancePath ?? ""} ${first?.message ?? "does not follow the schema"}`.trim() };
    },
  };
}

function loadSchema(path: string): ValidateFunction {
  try {
    return new Ajv2020({ strict: false, code: { regExp: boundedPattern } }).compile(readJsonFile(path) as object);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `${path} is not a JSON schema: ${messageOf(cause)}.`, {
      hint: "Name a file with a JSON schema: --scorer json_schema:answer.schema.json.",
      cause,
    });
  }
}

/** The patterns of a schema end in time too, whatever stands in the answer. */
const boundedPattern = Object.assign(
  (source: string, flags: string) => {
    const pattern = new RegExp(source, flags);
    return { test: (text: string) => matchesPattern(pattern, text), toString: () => String(pattern) }; // ajv tells them apart by their text
  },
  { code: "new RegExp" },
);
