import { dirname, join } from "node:path";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import { writeOutput } from "../../lib/base/files/output-files.js";
import { compareFiles, type FileChange } from "../../lib/operations/scaffold/compare-files.js";
import { KIND_NAMES, renderKinds, variablesOf, type KindName } from "../../lib/operations/scaffold/template-kinds.js";
import { completeVariables, type VariableName, type Variables } from "../../lib/operations/scaffold/variables.js";
import type { InitDocument } from "../documents/projects.js";
import { makeFolder } from "../../lib/base/files/make-folder.js";

export interface ScaffoldOptions {
  kinds: readonly KindName[];
  folder: string;
  /** What the one file of a single kind is called; as its template when absent. */
  fileName?: string | undefined;
  /** What fills the gaps of the templates; the others have their defaults. */
  variables?: Partial<Variables> | undefined;
  /** Asks people for gaps that nothing fills yet. */
  ask?: ((names: readonly VariableName[], given: Partial<Variables>) => Promise<Partial<Variables>>) | undefined;
  /** Replaces files that are there and differ. */
  force?: boolean | undefined;
  /** Gets the diffs of files that are there and differ, before they are refused. */
  onDifferent?: (diff: string) => void;
}

/** What was written, and what the gaps were filled with. */
export type ScaffoldResult = Omit<InitDocument, "schema">;

/** Writes files to start from: all, or none where some are there and differ. Throws INVALID_ARGUMENT. */
export async function scaffold(options: ScaffoldOptions): Promise<ScaffoldResult> {
  const { kinds, folder, fileName, variables: given = {}, ask, force = false, onDifferent } = options;
  if (fileName !== undefined && kinds.join() !== "config") {
    throw new LlmopsError("INVALID_ARGUMENT", "--out names a single file, but several would be written.", {
      hint: "Name a folder with --dir instead.",
    });
  }
  const names = variablesOf(kinds);
  const all = completeVariables(ask ? await ask(names, given) : given);
  const files = renderKinds(kinds, all).map((file) => (fileName === undefined ? file : { ...file, path: fileName }));
  const changes = compareFiles(folder, files);
  if (!force) refuseDifferent(changes, onDifferent);
  await writeFiles(folder, changes);
  return {
    files: changes.map(({ path, state }) => ({ path: join(folder, path), state })),
    variables: Object.fromEntries(names.map((name) => [name, all[name]])),
  };
}

/** The kinds that words name, each once; the configuration without any. Throws INVALID_ARGUMENT. */
export function readKinds(words: readonly string[]): KindName[] {
  if (words.length === 0) return ["config"];
  return [...new Set(words)].map((word) => {
    const found = KIND_NAMES.find((name) => name === word);
    if (found !== undefined) return found;
    const nearest = nearestOf(word, KIND_NAMES);
    throw new LlmopsError("INVALID_ARGUMENT", `Unknown template "${word}".`, {
      hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}Available: ${KIND_NAMES.join(", ")}.`,
    });
  });
}

function refuseDifferent(changes: readonly FileChange[], onDifferent: ScaffoldOptions["onDifferent"]): void {
  const different = changes.filter(({ state }) => state === "different");
  if (different.length === 0) return;
  for (const { diff } of different) onDifferent?.(diff);
  const [paths, are, differ] = [
    different.map(({ path }) => path).join(", "),
    ...(different.length === 1 ? ["is", "differs"] : ["are", "differ"]),
  ];
  throw new LlmopsError("INVALID_ARGUMENT", `${paths} ${are} there already, and ${differ}; nothing was written.`, {
    hint: "Pass --force to replace, or write elsewhere with --dir or --out.",
  });
}

/** Everything, or with the first file that cannot be written nothing more. */
async function writeFiles(folder: string, changes: readonly FileChange[]): Promise<void> {
  for (const { path, content, state } of changes) {
    if (state === "same") continue;
    const target = join(folder, path);
    try {
      makeFolder(dirname(target));
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `${dirname(target)} cannot be created: ${messageOf(cause)}.`, {
        hint: "Choose another place with --dir.",
        cause,
      });
    }
    await writeOutput(target, content);
  }
}
