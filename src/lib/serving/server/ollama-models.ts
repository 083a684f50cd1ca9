import { createHash } from "node:crypto";
import { z } from "zod";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

/** A hundred years: models are not unloaded by the clock. */
const NEVER_MS = 100 * 365 * 86_400_000;
const LATEST = ":latest";
/** What templates of models that think have in them: marks of thoughts, or a switch. */
const THINKS = /think|<\|channel\|>|reasoning_effort/i;

const detailsSchema = z.object({
  ...{ parent_model: z.string(), format: z.literal("gguf"), family: z.string(), families: z.array(z.string()) },
  ...{ parameter_size: z.string(), quantization_level: z.string() },
});
const nameFields = { name: z.string(), model: z.string(), size: z.number().int(), digest: z.string(), details: detailsSchema };

export const tagsSchema = z.object({ models: z.array(z.object({ ...nameFields, modified_at: z.string() })) });
export const psSchema = z.object({
  models: z.array(
    z.object({ ...nameFields, expires_at: z.string(), size_vram: z.number().int(), context_length: z.number().int().describe("Tokens.") }),
  ),
});
export const showSchema = z.object({
  ...{ license: z.string(), modelfile: z.string(), parameters: z.string() },
  template: z.string().describe("The chat template, as Jinja."),
  details: detailsSchema,
  model_info: z.record(z.string(), z.unknown()),
  capabilities: z.array(z.enum(["completion", "embedding", "tools", "thinking"])),
  modified_at: z.string(),
});

/** The models of /api/tags: all that can be asked for, whether they are loaded or not. */
export function listModels({ pool, model, startedAt }: Service): z.output<typeof tagsSchema> {
  const modified_at = new Date(startedAt).toISOString();
  const all = pool?.models ?? [];
  if (all.length === 0) return { models: [{ ...entryOf(model, model, undefined), modified_at }] };
  return { models: all.map(({ source, model: loaded }) => ({ ...entryOf(source.id, source.identity, loaded), modified_at })) };
}

/** The models of /api/ps: those that are loaded. */
export function listLoaded({ pool, startedAt }: Service): z.output<typeof psSchema> {
  const expires_at = new Date(startedAt + NEVER_MS).toISOString();
  const loaded = (pool?.models ?? []).flatMap(({ source, model }) => (model ? [{ source, model }] : []));
  return {
    models: loaded.map(({ source, model }) => ({
      ...{ ...entryOf(source.id, source.identity, model), expires_at },
      ...{ size_vram: 0, context_length: model.contextSize },
    })),
  };
}

/** What /api/show says of a model. */
export function showModel(model: ServedModel, startedAt: number): z.output<typeof showSchema> {
  const { architecture, parameters, quantization } = model.facts;
  const { source, shows } = model.chatTemplate;
  return {
    ...{ license: "", modelfile: "", parameters: "", template: source, details: detailsOf(model) },
    model_info: {
      "general.architecture": architecture,
      "general.parameter_count": parameters,
      "general.file_type": quantization,
      [`${architecture}.context_length`]: model.contextSize,
      "tokenizer.ggml.model": model.vocabulary.model,
    },
    // models without tools of their own are asked for JSON
    capabilities: ["completion", "embedding", "tools", ...(shows.thoughts || THINKS.test(source) ? (["thinking"] as const) : [])],
    modified_at: new Date(startedAt).toISOString(),
  };
}

/** What a model is called here that Ollama's clients name: without the ":latest" they may add. */
export function ownName({ pool, anyModel }: Service, asked: string): string {
  const isKnown = anyModel || pool?.models.some(({ source }) => source.id === asked) === true;
  return !isKnown && asked.endsWith(LATEST) ? asked.slice(0, -LATEST.length) : asked;
}

function entryOf(id: string, identity: string, model: ServedModel | undefined): z.output<z.ZodObject<typeof nameFields>> {
  const name = id.includes(":") ? id : `${id}${LATEST}`;
  const digest = createHash("sha256").update(identity).digest("hex");
  return { ...{ name, model: name, digest }, size: model?.facts.fileBytes ?? 0, details: detailsOf(model) };
}

function detailsOf(model: ServedModel | undefined): z.output<typeof detailsSchema> {
  const { architecture = "", parameters, quantization = "" } = model?.facts ?? {};
  const families = architecture === "" ? [] : [architecture];
  const size = parameters === undefined ? "" : parametersText(parameters);
  return {
    ...{ parent_model: "", format: "gguf", family: architecture, families },
    parameter_size: size,
    quantization_level: quantization,
  };
}

function parametersText(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${(count / 1e6).toFixed(2)}M`;
}
