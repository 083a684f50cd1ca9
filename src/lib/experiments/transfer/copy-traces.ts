import type { Assessment, NewTrace, Trace } from "../../tracking/trace-records.js";
import { attempt, ORIGIN_TAG, unlessUnknown, type CopyTarget } from "./copied.js";
import { copySpans } from "./copy-spans.js";
import type { RunSource } from "./run-source.js";
import { LOCATION_TAG, SPANS_TAG } from "../../tracking/mlflow-tags.js";

/** Tags that say where a trace's spans are in its own store. */
const PLACE_TAGS = new Set([LOCATION_TAG, SPANS_TAG]);
const RUN_METADATA = ["mlflow.sourceRun", "mlflow.assessment.sourceRunId"];
/** It is written last, so a copy that is interrupted lacks it. */
const DONE_TAG = ORIGIN_TAG;

/** Copies the traces of an experiment with their spans and assessments, under the ids they have. */
export async function copyTraces(source: RunSource, sourceExperimentId: string, to: CopyTarget): Promise<void> {
  for await (const trace of source.traces(sourceExperimentId)) {
    await attempt(to.copied, `trace ${trace.traceId}`, () => copyTrace(source, trace, to));
  }
}

async function copyTrace(source: RunSource, trace: Trace, to: CopyTarget): Promise<void> {
  const { target, copied } = to;
  const found = await unlessUnknown(target.traces.get(trace.traceId));
  if (found?.tags[DONE_TAG] !== undefined || (found && source.uri === target.uri)) return;
  const stored = await source.spansOf(trace.traceId); // first: where they cannot be read, nothing is written
  const location = (await target.traces.put(toNew(trace, to))).tags[LOCATION_TAG];
  if (location !== undefined) copied.result.artifacts += await copySpans(source, { trace, stored }, { ...to, artifactUri: location });
  await copyAssessments(trace, found?.assessments ?? [], to);
  const done = toNew(trace, to);
  await target.traces.put({ ...done, tags: { ...done.tags, [DONE_TAG]: `${source.uri}#${trace.traceId}` } });
  copied.result.traces += 1;
}

/** Copies the assessments that are not there. */
async function copyAssessments({ assessments }: Trace, before: readonly Assessment[], { target, copied }: CopyTarget): Promise<void> {
  const there = new Set(before.map(keyOf));
  const ids = new Map<string, string>();
  for (const assessment of assessments.filter((one) => !there.has(keyOf(one)))) {
    const overrides = ids.get(assessment.overrides ?? "") ?? null;
    const metadata = assessment.metadata && withRuns(assessment.metadata, copied.ids);
    const runId = copied.ids.get(assessment.runId ?? "") ?? null;
    ids.set(assessment.assessmentId, (await target.traces.createAssessment({ ...assessment, overrides, metadata, runId })).assessmentId);
    copied.result.assessments += 1;
  }
}

function toNew(trace: Trace, { experimentId, copied }: CopyTarget): NewTrace {
  const { traceId, requestTimeMs, durationMs, state, clientRequestId, requestPreview, responsePreview } = trace;
  const tags = Object.fromEntries(Object.entries(trace.tags).filter(([key]) => !PLACE_TAGS.has(key)));
  return {
    ...{ traceId, experimentId, requestTimeMs, durationMs, state, clientRequestId, requestPreview, responsePreview },
    ...{ tags, metadata: withRuns(trace.metadata, copied.ids) },
  };
}

/** Metadata that names the copies of runs. */
function withRuns(metadata: Readonly<Record<string, string>>, ids: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, RUN_METADATA.includes(key) ? (ids.get(value) ?? value) : value]),
  );
}

function keyOf({ name, createTimeMs, sourceId }: Assessment): string {
  return JSON.stringify([name, createTimeMs, sourceId]);
}
