import { fileURLToPath } from "node:url";

/** Modules of the user's that run in this process, as file URLs. */
const loaded = new Set<string>();

/** Remembers a module by its file URL, before it is loaded. */
export function noteUserModule(href: string): void {
  loaded.add(href);
}

/** The paths of all modules of the user's that were loaded. */
export function userModules(): string[] {
  return [...loaded].map((href) => fileURLToPath(href));
}

/** The path of the user's module that an error came from, by its stack. */
export function userModuleOf(thrown: unknown): string | undefined {
  const stack = thrown instanceof Error ? String(thrown.stack) : "";
  const href = [...loaded].find((one) => stack.includes(`${one}:`));
  return href === undefined ? undefined : fileURLToPath(href);
}
