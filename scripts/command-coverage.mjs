// Which lines of src the processes of commands have executed: V8 writes what they executed of dist, source maps say which lines those are.
import { readdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The executed lines by the path of their source, counted from 1. `dumps` is the folder V8 wrote to, `dist` what was executed, `maps` the same
 * files with their source maps beside them.
 */
export function executedLines({ dumps, dist, maps }) {
  const base = pathToFileURL(`${dist}/`).href;
  const files = new Map();
  for (const name of readdirSync(dumps)) {
    for (const { url, functions } of readDump(join(dumps, name))) if (url.startsWith(base)) addTo(files, url, functions);
  }
  return new Map([...files].map(([url, file]) => sourceLines(file, join(maps, url.slice(base.length)))));
}

/** What a process that was killed while it wrote has left is not read. */
function readDump(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).result;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function addTo(files, url, functions) {
  const file = files.get(url) ?? openFile(fileURLToPath(url));
  files.set(url, file);
  const counts = new Float64Array(file.starts.length);
  // inner functions and blocks follow the outer ones
  for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
    counts.fill(count, firstFrom(file.starts, startOffset), firstFrom(file.starts, endOffset));
  }
  counts.forEach((count, line) => (file.isExecuted[line] ||= count > 0));
}

/** Where the text of each line starts, behind its indentation. */
function openFile(path) {
  let offset = 0;
  const columns = [];
  const starts = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => {
      columns.push(line.length - line.trimStart().length);
      const start = offset + columns.at(-1);
      offset += line.length + 1;
      return start;
    });
  return { starts, columns, isExecuted: starts.map(() => false) };
}

/** The index of the first start at or behind an offset. */
function firstFrom(starts, offset) {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sourceLines({ columns, isExecuted }, path) {
  const payload = JSON.parse(readFileSync(`${path}.map`, "utf8"));
  const map = new SourceMap(payload);
  const lines = new Set();
  isExecuted.forEach((executed, line) => {
    const { originalLine } = executed ? map.findEntry(line, columns[line]) : {};
    if (originalLine !== undefined) lines.add(originalLine + 1);
  });
  return [resolve(path, "..", payload.sourceRoot ?? "", payload.sources[0]), lines];
}
