import { z } from "zod";
import { assignments, list, optionalNumber, optionalText, shaped } from "./setting.js";
import { zodSchema } from "./zod-schema.js";

/** An endpoint as the file describes it. */
const endpointSchema = z.strictObject({
  url: z.string().min(1),
  model: z.string().min(1).optional(),
  api_key_env: z.string().min(1).optional(),
});

export type EndpointDefinition = z.output<typeof endpointSchema>;

const endpointsSchema = z.record(z.string(), endpointSchema);

function readEndpoints(value: unknown): Readonly<Record<string, EndpointDefinition>> {
  const result = endpointsSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`endpoints by name, each with url and perhaps model, api_key_env (${issue?.path.join(".")}: ${issue?.message})`);
}

/** What commands that run studies (sweep, eval, judge, optimize, ab) take from the project's file, by its place there. */
export const STUDY_SETTINGS = {
  endpoint: optionalText({
    fills: "endpoint",
    placeholder: "URL",
    about: "OpenAI-compatible endpoint to use, by URL or by its name in endpoints",
  }),
  endpoints: shaped<Readonly<Record<string, EndpointDefinition>>>({}, readEndpoints, {
    schema: zodSchema(endpointsSchema),
    about: "endpoints by name, for endpoint and --endpoint: {url, model, api_key_env}",
  }),
  dataset: optionalText({ fills: "dataset", path: "file", placeholder: "FILE", about: "dataset of questions and answers" }),
  map: assignments({
    fills: "map",
    placeholder: "NAME=COLUMN",
    about: "meaning of the dataset's columns, as in {question: Prompt, answer: Gold}; applies only to the dataset named here",
  }),
  system: optionalText({ fills: "system", path: "prompt", about: "system prompt of every request of a study; @FILE reads a file" }),
  prompt: optionalText({ fills: "prompt", path: "prompt", about: "template of the user message; @FILE reads a file" }),
  scorers: list({ fills: "scorer", path: "name", placeholder: "NAME", about: "how answers are scored; the first decides" }),
  plugins: list({
    fills: "plugin",
    path: "module",
    placeholder: "MODULE",
    about: "ES modules that add scorers, samplers and judges: files, or names of packages; their code runs as you",
  }),
  "judge.model_path": list({ fills: "judge-model_path", path: "model", placeholder: "FILE", about: "models that grade" }),
  "judge.endpoint": list({ fills: "judge-endpoint", placeholder: "URL", about: "endpoints that grade, by URL or name" }),
  "judge.model": optionalText({ fills: "judge-model", about: "model name at judge.endpoint" }),
  "judge.api_key_env": optionalText({ fills: "judge-api-key-env", about: "environment variable with the API key of judge.endpoint" }),
  "judge.method": optionalText({ fills: "judge-method", about: "how a verdict is reached, as in --judge-method" }),
  "judge.max_tokens": optionalNumber({ min: 1 }, { fills: "judge-max-tokens", about: "maximum tokens per judge reply" }),
  "judge.rubrics": list({ fills: "rubric", path: "name", placeholder: "NAME", about: "criteria of llmops judge" }),
  "judge.require": list({
    fills: "require",
    placeholder: "CONDITION",
    about: "what must hold for a criterion of llmops judge on its own scale, as in accuracy>=4",
  }),
  "gates.fail_under": list({
    fills: "fail-under",
    placeholder: "CONDITION",
    about: "exit 1 if this holds for the mean of the best setting, as in accuracy<0.9",
  }),
  "gates.require": list({
    fills: "require",
    placeholder: "CONDITION",
    about: "what must hold for the best setting over its whole interval, as in accuracy>=0.9",
  }),
  "gates.max_failed": optionalText({
    fills: "max-failed",
    placeholder: "N|SHARE%",
    about: "cells that may end without a score, such as 5 or 2%",
  }),
  "gates.baseline": optionalText({ fills: "baseline", about: "blessed baseline to compare with" }),
  "gates.min_effect": optionalText({ fills: "min-effect", about: "differences of the score smaller than this do not matter" }),
  "limits.rows": optionalNumber({ min: 0 }, { fills: "limit", about: "size of the random subset of rows to ask; 0 uses all" }),
  "limits.concurrency": optionalNumber({ min: 1 }, { fills: "concurrency", about: "completions of a study running at the same time" }),
  "limits.timeout": optionalNumber({ min: 1 }, { fills: "timeout", about: "seconds one completion of a study may take" }),
  "limits.retries": optionalNumber({ min: 0 }, { fills: "retries", about: "retries if an endpoint fails" }),
  "limits.budget": list({ fills: "budget", placeholder: "LIMIT", about: "stop after 2000calls, 100ktokens or 10m" }),
};
