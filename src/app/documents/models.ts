import { z } from "zod";
import { modelDescriptionSchema } from "../../lib/inference/models/describe-model.js";

export const modelsRemovedDocumentSchema = z.object({
  schema: z.literal("llmops.models-removed/1"),
  removed: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      size_bytes: z.number(),
    }),
  ),
});

export type ModelsRemovedDocument = z.infer<typeof modelsRemovedDocumentSchema>;

export const pullDocumentSchema = z.object({
  schema: z.literal("llmops.pull/1"),
  path: z.string(),
  size_bytes: z.number(),
  quantization: z.string(),
  known: z.boolean(),
  verified: z.boolean(),
});

export type PullDocument = z.infer<typeof pullDocumentSchema>;

const fileStateSchema = z.enum(["right", "whole", "wrong"]);

/** "whole": sizes are as the header says, and no checksum is known. */
export type FileState = z.infer<typeof fileStateSchema>;

export const modelDocumentSchema = modelDescriptionSchema.extend({
  schema: z.literal("llmops.model/1"),
});

export type ModelDocument = z.infer<typeof modelDocumentSchema>;

export const verifyDocumentSchema = z.object({
  schema: z.literal("llmops.verify/1"),
  files: z.array(
    z.object({
      path: z.string(),
      state: fileStateSchema,
      sha256: z.string().nullable(),
      problem: z.string().nullable(),
    }),
  ),
});

export type VerifyDocument = z.infer<typeof verifyDocumentSchema>;

export const quantizeDocumentSchema = z.object({
  schema: z.literal("llmops.quantize/1"),
  from: z.object({
    path: z.string(),
    quantization: z.string(),
    size_bytes: z.number(),
  }),
  to: z.object({
    path: z.string(),
    quantization: z.string(),
    size_bytes: z.number(),
  }),
  seconds: z.number(),
});

export type QuantizeDocument = z.infer<typeof quantizeDocumentSchema>;

export const convertDocumentSchema = z.object({
  schema: z.literal("llmops.convert/1"),
  from: z.object({
    path: z.string(),
    class: z.string(),
    size_bytes: z.number(),
  }),
  to: z.object({
    path: z.string(),
    architecture: z.string(),
    quantization: z.string(),
    size_bytes: z.number(),
  }),
  notes: z.array(z.string()).readonly(),
  seconds: z.number(),
});

export type ConvertDocument = z.infer<typeof convertDocumentSchema>;

const listedModelSchema = z.object({
  model: z.string().describe("The path or reference to load it by."),
  kind: z.union([z.literal("demo"), z.enum(["pulled", "prepared"]), z.literal("registered")]),
  architecture: z.string().nullable(),
  quantization: z.string().nullable(),
  size_bytes: z.number().nullable(),
  versions: z.array(z.string()).describe("Aliases and stages of a registered model, with their versions."),
});

export type ListedModel = z.infer<typeof listedModelSchema>;

export const modelsDocumentSchema = z.object({
  schema: z.literal("llmops.models/1"),
  models: z.array(listedModelSchema),
});

export type ModelsDocument = z.infer<typeof modelsDocumentSchema>;
