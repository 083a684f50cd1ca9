import { z } from "zod";

export const configDocumentSchema = z.object({
  schema: z.literal("llmops.config/1"),
  file: z.string().nullable().describe("The llmops.yaml that was read."),
  command: z.string().exactOptional().describe("The command whose flags these are, with --for."),
  settings: z.record(z.string(), z.object({ value: z.unknown(), origin: z.string().describe("Where the value comes from.") })),
});

export type ConfigDocument = z.infer<typeof configDocumentSchema>;

export const configCheckDocumentSchema = z.object({
  schema: z.literal("llmops.config_check/1"),
  file: z.string().nullable(),
  settings: z.array(z.string()).describe("Settings the file sets."),
  warnings: z.array(z.string()).describe("Files and variables it names that are not on this machine."),
});

export type ConfigCheckDocument = z.infer<typeof configCheckDocumentSchema>;
