/** What the source of a model version names, where that is a model of the store itself. */
export type ModelSource = { loggedModel: string } | { name: string; version: string };

/** Reads models:/m-… and models:/NAME/VERSION; undefined for every other place. A name may have any character but those of its version. */
export function readModelSource(source: string): ModelSource | undefined {
  const loggedModel = /^models:\/+(m-[0-9a-f]{32})$/.exec(source)?.[1];
  if (loggedModel !== undefined) return { loggedModel };
  const [, name, version] = /^models:\/+(.+)\/(\d+)$/s.exec(source) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
