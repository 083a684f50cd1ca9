import { text } from "node:stream/consumers";
import { exactJsonText, parseExactJson } from "../../../lib/base/slices/exact-json.js";
import { invalid, MlflowError } from "../../../lib/tracking/mlflow-error.js";
import type { TraceSpans } from "../../../lib/tracking/server/spans.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { readSpans, type Span } from "../../../lib/tracking/wire/spans.js";
import { LOCATION_TAG } from "../../../lib/tracking/mlflow-tags.js";

const FILE = "traces.json";
const MOST_SPANS = 2000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Of all spans together, and of each at least. */
const MOST_TEXT = 4_000_000;
const LEAST_TEXT = 2000;

/** The spans of a trace: those in the database, or those that a client kept as an artifact. Throws RESOURCE_DOES_NOT_EXIST. */
export async function spansOf(store: TrackingBackend, traceId: string): Promise<TraceSpans> {
  const trace = await store.traces.get(traceId);
  const { total, contents } = await store.traces.storedSpans(traceId, MOST_SPANS);
  if (total > 0) return toAnswer("database", contents.map(parse), total);
  const written = await artifactSpans(store, trace.tags[LOCATION_TAG]);
  return written === undefined ? { source: null, total: 0, spans: [] } : toAnswer("artifact", written);
}

function toAnswer(source: "database" | "artifact", written: readonly unknown[], all?: number): TraceSpans {
  const spans = readSpans(written);
  const most = Math.max(LEAST_TEXT, Math.floor(MOST_TEXT / Math.max(1, spans.length)));
  return { source, total: all ?? spans.length, spans: spans.slice(0, MOST_SPANS).map((span) => cutSpan(span, most)) };
}

async function artifactSpans({ artifacts }: TrackingBackend, location: string | undefined): Promise<unknown[] | undefined> {
  if (location === undefined || !artifacts.serves(location)) return undefined;
  const facts = await artifacts.describe(location, FILE).catch((error: unknown) => {
    if (error instanceof MlflowError && error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  });
  if (facts === undefined) return undefined;
  if (facts.sizeBytes > MOST_BYTES)
    throw invalid(`The spans of the trace take ${Math.round(facts.sizeBytes / 1e6)} MB; at most ${MOST_BYTES / 2 ** 20} MiB are shown.`);
  const document = parse(await text(await artifacts.read(location, FILE)));
  const spans = typeof document === "object" && document !== null ? (document as { spans?: unknown }).spans : undefined;
  if (Array.isArray(spans)) return spans as unknown[];
  throw invalid(`The trace's ${FILE} is not JSON with a list of spans: its steps are not known.`);
}

function parse(written: string): unknown {
  try {
    return parseExactJson(written);
  } catch {
    return undefined;
  }
}

/** Values that take more room than there is are cut as texts. */
function cutSpan(span: Span, most: number): Span {
  const cut = (value: unknown): unknown => {
    const written = typeof value === "string" ? value : exactJsonText(value);
    return written.length <= most ? value : `${written.slice(0, most)}…`;
  };
  const cutAll = (values: Record<string, unknown>) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, cut(value)]));
  return {
    ...span,
    ...{ inputs: cut(span.inputs), outputs: cut(span.outputs), attributes: cutAll(span.attributes) },
    events: span.events.map((event) => ({ ...event, attributes: cutAll(event.attributes) })),
  };
}
