import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";

/** The file of a plugin: a path, or the name of a package that is installed in the folder or above it. Throws PLUGIN_NOT_FOUND. */
export function findModule(name: string, folder: string): string {
  const path = resolve(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  const found = isPath(name) ? undefined : findPackage(name, folder);
  if (found !== undefined) return found;
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

/** Whether it is meant as a file rather than a package. */
function isPath(name: string): boolean {
  return /^\.{0,2}\/|^[a-z]:[\\/]|\.[cm]?[jt]s$/i.test(name);
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
