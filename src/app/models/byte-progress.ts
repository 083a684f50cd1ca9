import type { Host } from "../host/host.js";

const MB = 1e6;

/** Does work that says how many bytes it went through, shown in megabytes; without a total it only counts. */
export function withByteProgress<T>(
  { withProgress }: Pick<Host, "withProgress">,
  totalBytes: number | undefined,
  work: (onBytes: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  let read = 0;
  return withProgress(totalBytes === undefined ? undefined : Math.ceil(totalBytes / MB), "MB", (tick) =>
    work((bytes) => {
      const before = Math.floor(read / MB);
      read += bytes;
      for (let i = before; i < Math.floor(read / MB); i++) tick();
    }),
  );
}
