import { z } from "zod";
import { versionDocumentSchema } from "../../lib/report/version-document.js";
import { checkStateSchema } from "../../lib/experiments/gates/checks.js";

export const registerDocumentSchema = z.object({
  schema: z.literal("llmops.register/1"),
  tracking_uri: z.string(),
  version: versionDocumentSchema,
});

export type RegisterDocument = z.infer<typeof registerDocumentSchema>;

export const versionsDocumentSchema = z.object({
  schema: z.literal("llmops.versions/1"),
  tracking_uri: z.string(),
  versions: z.array(versionDocumentSchema),
});

export type VersionsDocument = z.infer<typeof versionsDocumentSchema>;

const requirementDocumentSchema = z.object({
  requirement: z.string(),
  state: checkStateSchema,
  passed: z.boolean(),
  evidence: z.string(),
  hint: z.string().nullable(),
});

export type RequirementDocument = z.infer<typeof requirementDocumentSchema>;

export const promoteDocumentSchema = z.object({
  schema: z.literal("llmops.promote/1"),
  promoted: z.boolean(),
  requirements: z.array(requirementDocumentSchema),
  version: versionDocumentSchema,
});

export type PromoteDocument = z.infer<typeof promoteDocumentSchema>;
