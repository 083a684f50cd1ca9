import { z } from "zod";

export const artifactsPutDocumentSchema = z.object({
  schema: z.literal("llmops.artifacts-put/1"),
  run_id: z.string(),
  files: z.array(z.string()),
});

export type ArtifactsPutDocument = z.infer<typeof artifactsPutDocumentSchema>;

export const artifactsDocumentSchema = z.object({
  schema: z.literal("llmops.artifacts/1"),
  run_id: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      is_dir: z.boolean(),
      file_size: z.number(),
    }),
  ),
});

export type ArtifactsDocument = z.infer<typeof artifactsDocumentSchema>;

export const artifactsGetDocumentSchema = z.object({
  schema: z.literal("llmops.artifacts-get/1"),
  run_id: z.string(),
  files: z.array(z.string()),
});

export type ArtifactsGetDocument = z.infer<typeof artifactsGetDocumentSchema>;
