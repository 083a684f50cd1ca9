import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import type { GgufEntry } from "../models/gguf-writer.js";
import { readJson } from "./checkpoint.js";
import { refusal } from "./refusal.js";

const KEY = "tokenizer.chat_template";
const DEFAULT = "default";
/** Where templates beside the default one have files of their own. */
export const VARIANTS_FOLDER = "additional_chat_templates";

/** One template, or several with names, as tokenizer_config.json and chat_template.json have them. */
const templatesSchema = z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish();
const fileSchema = z.looseObject({ chat_template: templatesSchema });

/** The chat templates of a folder, by name. */
export interface FolderTemplates {
  templates: ReadonlyMap<string, string>;
  /** Which of several files is not taken. */
  notes: readonly string[];
}

/**
 * The chat templates of a model's folder: chat_template.jinja before chat_template.json before tokenizer_config.json, as transformers
 * reads them, and the files of additional_chat_templates. Throws MODEL_INVALID for a file that cannot be read.
 */
export async function readChatTemplates(folder: string): Promise<FolderTemplates> {
  const sources: { file: string; templates: [name: string, template: string][] }[] = [
    { file: "tokenizer_config.json", templates: await fromJson(join(folder, "tokenizer_config.json")) },
    { file: "chat_template.json", templates: await fromJson(join(folder, "chat_template.json")) },
    { file: "chat_template.jinja", templates: fromJinja(join(folder, "chat_template.jinja"), DEFAULT) },
    ...(await variantFiles(folder)),
  ];
  const found = new Map<string, { file: string; template: string }>();
  const notes: string[] = [];
  for (const { file, templates } of sources) {
    for (const [name, template] of templates) {
      const before = found.get(name);
      if (before && before.template !== template)
        notes.push(`The chat template of ${file} is used, not the different one of ${before.file}.`);
      found.set(name, { file, template });
    }
  }
  return { templates: new Map(Array.from(found, ([name, { template }]) => [name, template])), notes };
}

async function fromJson(path: string): Promise<[string, string][]> {
  const given = existsSync(path) ? (await readJson(path, fileSchema)).chat_template : undefined;
  if (given == null) return [];
  return typeof given === "string" ? [[DEFAULT, given]] : given.map(({ name, template }) => [name, template]);
}

function fromJinja(path: string, name: string): [string, string][] {
  if (!existsSync(path)) return [];
  try {
    return [[name, readTextFile(path)]];
  } catch (cause) {
    throw refusal(path, `cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function variantFiles(folder: string): Promise<{ file: string; templates: [string, string][] }[]> {
  const names = existsSync(join(folder, VARIANTS_FOLDER)) ? await readdir(join(folder, VARIANTS_FOLDER)) : [];
  const files = names.filter((name) => name.endsWith(".jinja")).sort();
  return files.map((name) => ({
    file: `${VARIANTS_FOLDER}/${name}`,
    templates: fromJinja(join(folder, VARIANTS_FOLDER, name), name.slice(0, -".jinja".length)),
  }));
}

/** The templates as GGUF has them: each under its name, and a list of the names where there are several. */
export function chatTemplateEntries({ templates }: FolderTemplates): [string, GgufEntry][] {
  const named = Array.from(templates, ([name, template]) => ({ name: name.replace(/\W/g, "_"), template }));
  const entries = named.map(({ name, template }): [string, GgufEntry] => [
    name === DEFAULT ? KEY : `${KEY}.${name}`,
    { type: "string", value: template },
  ]);
  const others = named.map(({ name }) => name).filter((name) => name !== DEFAULT);
  return others.length === 0 ? entries : [["tokenizer.chat_templates", { type: "string[]", value: others }], ...entries];
}
