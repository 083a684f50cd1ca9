/** The first folder of an artifact's path, which is that of its experiment; "" for all of them. It is read as the system reads paths. */
export function topFolderOf(path: string): string {
  return path.split("/").find((part) => part !== "" && part !== ".") ?? "";
}
