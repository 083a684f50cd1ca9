import { text } from "node:stream/consumers";
import { contentOf } from "../../tracking/otlp/to-span.js";
import { parseContent, spanOfContent } from "../../tracking/otlp/from-content.js";
import type { OtlpSpan } from "../../tracking/otlp/otlp-span.js";
import type { Trace } from "../../tracking/trace-records.js";
import { unlessUnknown, type CopyTarget } from "./copied.js";
import { copyFiles } from "./copy-files.js";
import type { RunSource } from "./run-source.js";
import { LOCATION_TAG } from "../../tracking/mlflow-tags.js";

/** Clients before MLflow 3.4, and of stores without spans, keep them in this file. */
const SPANS_FILE = "traces.json";
/** Spans that are sent at once. */
const BATCH = 100;

/**
 * Copies the files of a trace, and its spans into the store itself, since servers of MLflow 3.4 and later look nowhere else; into the file
 * where the target has no place for them. `stored` are those that the source has in itself. Returns how many files.
 */
export async function copySpans(
  source: RunSource,
  { trace, stored }: { trace: Trace; stored: readonly OtlpSpan[] },
  to: CopyTarget & { artifactUri: string },
): Promise<number> {
  const from = trace.tags[LOCATION_TAG];
  const count = from === undefined ? 0 : await copyFiles(source, from, to);
  const spans = stored.length > 0 || from === undefined || count === 0 ? stored : await spansOfFile(source, from);
  if (spans.length === 0 || (await keepSpans(spans, trace.traceId, to)) || stored.length === 0) return count;
  await to.target.artifacts.write(to.artifactUri, SPANS_FILE, `{"spans": [${spans.map(contentOf).join(", ")}]}`);
  return count + 1;
}

/** The spans of traces.json; none where one of them is not what this program reads. */
async function spansOfFile(source: RunSource, location: string): Promise<OtlpSpan[]> {
  if (!(await source.files(location)).includes(SPANS_FILE)) return [];
  const document = parseContent(await text(await source.readFile(location, SPANS_FILE)));
  const written = typeof document === "object" && document !== null && "spans" in document ? document.spans : [];
  const spans = Array.isArray(written) ? written.map(spanOfContent) : [];
  return spans.some((span) => span === undefined) ? [] : (spans as OtlpSpan[]);
}

/** Whether the target has taken the spans. MLflow 2 gave traces ids that are not those of their spans. */
async function keepSpans(spans: readonly OtlpSpan[], traceId: string, { target, experimentId }: CopyTarget): Promise<boolean> {
  const [, id] = /^tr-([0-9a-f]{32})$/.exec(traceId) ?? [];
  if (id === undefined) return false;
  const own = spans.map((span) => ({ ...span, traceId: id }));
  const sent = async () => {
    for (let i = 0; i < own.length; i += BATCH) await target.traces.logSpans(experimentId, own.slice(i, i + BATCH));
    return true;
  };
  return (await unlessUnknown(sent())) ?? false;
}
