import { fstatSync, readSync } from "node:fs";

const READ_BYTES = 1024 * 1024;

/** Where a line stands in a file, in bytes, without its end. */
export interface LinePlace {
  start: number;
  length: number;
}

/** Goes through the whole lines of an open file. Returns where the last one ends; what follows was cut short, or is being written. */
export function scanLines(file: number, onLine: (text: string, place: LinePlace) => void): number {
  const size = fstatSync(file).size;
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let end = 0;
  for (let at = 0; at < size;) {
    const count = readSync(file, buffer, 0, READ_BYTES, at);
    if (count === 0) break;
    const chunk = Buffer.concat([rest, buffer.subarray(0, count)]);
    let start = 0;
    for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, start)) {
      onLine(chunk.toString("utf8", start, newline), { start: end, length: newline - start });
      end += newline - start + 1;
      start = newline + 1;
    }
    rest = Buffer.from(chunk.subarray(start));
    at += count;
  }
  return end;
}

/** The line at a place. */
export function readLine(file: number, { start, length }: LinePlace): string {
  const bytes = Buffer.allocUnsafe(length);
  readSync(file, bytes, 0, length, start);
  return bytes.toString("utf8");
}
