import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { PathKind } from "./setting.js";

/** The project's file: read by all commands. */
export const CONFIG_FILE = "llmops.yaml";

/** The file of the project a folder belongs to: its own, or, inside a Git repository, that of the nearest folder up to the repository's root. */
export function findProjectFile(folder: string): string | undefined {
  const own = join(resolve(folder), CONFIG_FILE);
  if (existsSync(own)) return own;
  const above: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    above.push(join(at, CONFIG_FILE));
    if (existsSync(join(at, ".git"))) return above.find((path) => existsSync(path));
    if (dirname(at) === at) return undefined;
  }
}

/** A value of the file as it is meant from another folder: what of it is a relative path starts in the file's folder. */
export function resolvePaths(value: unknown, kind: PathKind | undefined, { file, folder }: { file: string; folder: string }): unknown {
  const home = dirname(resolve(file));
  if (kind === undefined || relative(home, resolve(folder)) === "") return value;
  if (Array.isArray(value)) return value.map((one) => resolvePaths(one, kind, { file, folder }));
  return typeof value === "string" ? resolveText(value, kind, home) : value;
}

function resolveText(text: string, kind: PathKind, home: string): string {
  switch (kind) {
    case "prompt":
      return text.startsWith("@") ? `@${resolve(home, text.slice(1))}` : text;
    case "assignment":
      return text.replace(/^([^=]*=)(.*)$/s, (_, name: string, path: string) => name + resolveIfThere(path, home));
    case "module":
      return /^\.{0,2}\/|\.[cm]?js$/.test(text) ? resolve(home, text) : resolveIfThere(text, home);
    case "store":
      return resolveStore(text, home);
    case "file":
      return isUri(text) || text === "-" ? text : resolve(home, text);
    default:
      return resolveIfThere(text, home);
  }
}

function resolveStore(text: string, home: string): string {
  const path = /^sqlite:\/\/\/([^/].*)$/s.exec(text)?.[1];
  if (path !== undefined) return `sqlite:///${resolve(home, path)}`;
  return isUri(text) ? text : resolve(home, text);
}

/** Names stay names: only what is there is a file. A scale may follow the path of an adapter. */
function resolveIfThere(text: string, home: string): string {
  const path = text.replace(/:[\d.]+$/, "");
  return !isUri(path) && existsSync(resolve(home, path)) ? resolve(home, text) : text;
}

function isUri(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(text);
}
