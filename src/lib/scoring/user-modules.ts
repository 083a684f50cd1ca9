/** Modules of the user's that run in this process. */
const loaded = new Set<string>();

/** Remembers a module by its file URL, before it is loaded. */
export function noteUserModule(href: string): void {
  loaded.add(href);
}

/** The module of the user's that an error nobody caught came from, by its stack. */
export function userModuleOf(thrown: unknown): string | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  return [...loaded].find((href) => stack.includes(href));
}
