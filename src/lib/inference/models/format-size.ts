/** A size as people read it: "3.4 GiB". */
export function formatSize(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  if (gibibytes >= 1) return `${gibibytes.toFixed(1)} GiB`;
  return bytes >= 2 ** 20 || bytes === 0 ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${(bytes / 1024).toFixed(0)} KiB`;
}
