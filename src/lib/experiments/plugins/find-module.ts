import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";

/** Files that Node.js imports; one without an ending may be one too. */
const MODULE = /^(\.([cm]?[jt]sx?|wasm|node))?$/i;

/**
 * The file of a plugin: a path, or the name of a package that is installed in the folder or above it. Throws PLUGIN_NOT_FOUND, and
 * PLUGIN_INVALID for a file that is not a module.
 */
export function findModule(name: string, folder: string): string {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(name)) throw isUrl(name);
  const path = resolve(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return checkEnding(name, path);
  const found = isPath(name) ? undefined : findPackage(name, folder);
  if (found !== undefined) return checkEnding(name, found);
  if (existsSync(path)) {
    throw new LlmopsError("PLUGIN_NOT_FOUND", `The plugin "${name}" is not a file.`, {
      hint: `Name a module in ${path}, such as ./mine.mjs.`,
    });
  }
  throw new LlmopsError("PLUGIN_NOT_FOUND", `The plugin ${name} does not exist.`, {
    hint: isPath(name)
      ? `Looked for ${path}. Paths in llmops.yaml start in its folder.`
      : `It is neither a file (${path}) nor a package that is installed here: npm install ${name}`,
  });
}

/** Plugins are named as people name files. */
function isUrl(name: string): LlmopsError {
  return new LlmopsError("PLUGIN_NOT_FOUND", `The plugin "${name}" is a URL, not a file or a package.`, {
    hint: /^file:/i.test(name) ? `Name the file by its path: ${pathOf(name)}` : "Save it in a file, and name that, such as ./mine.mjs.",
  });
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return "./mine.mjs"; // of another machine, or no path at all
  }
}

/** Throws PLUGIN_INVALID for a file that has nothing to import, such as JSON: it can hold no functions. */
function checkEnding(name: string, path: string): string {
  const ending = extname(path);
  if (MODULE.test(ending)) return path;
  throw new LlmopsError("PLUGIN_INVALID", `The plugin ${name} is not a module: ${ending} files cannot contain functions.`, {
    hint: "Write it as an ES module, such as ./mine.mjs, that exports { api: 1, scorers: { … } } by default.",
  });
}

/** Whether it is meant as a file rather than a package. */
function isPath(name: string): boolean {
  return /^\.{0,2}\/|^[a-z]:[\\/]|\.([cm]?[jt]sx?|json|ya?ml)$/i.test(name);
}

/** The entry of a package as `import` finds it; undefined where it is not installed. */
function findPackage(name: string, folder: string): string | undefined {
  const require = createRequire(join(folder, "llmops.yaml"));
  const [, packageName, subpath = ""] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name) ?? [];
  if (packageName === undefined) return undefined;
  const home = (require.resolve.paths(name) ?? []).map((at) => join(at, packageName)).find((at) => existsSync(join(at, "package.json")));
  if (home === undefined) return undefined;
  const { exports, main } = JSON.parse(readTextFile(join(home, "package.json"))) as { exports?: unknown; main?: string };
  const entry = targetOf(exports, `.${subpath}`) ?? (subpath === "" ? (main ?? "index.js") : subpath);
  const path = join(home, entry);
  return existsSync(path) ? path : undefined;
}

/** What `exports` of a package has for a subpath, under the conditions of `import`. */
function targetOf(exports: unknown, subpath: string): string | undefined {
  if (typeof exports !== "object" || exports === null) return subpath === "." ? conditional(exports) : undefined;
  const hasSubpaths = Object.keys(exports).some((key) => key.startsWith("."));
  if (hasSubpaths) return conditional((exports as Record<string, unknown>)[subpath]);
  return subpath === "." ? conditional(exports) : undefined;
}

function conditional(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  const [, chosen] = Object.entries(target).find(([condition]) => ["import", "node", "default"].includes(condition)) ?? [];
  return conditional(chosen);
}
