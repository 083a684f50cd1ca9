import type { Trace } from "../../api/traces.js";

export interface TraceText {
  text: string;
  /** More was sent than the store keeps. */
  isCut: boolean;
}

/** What the store cuts previews to, and values of metadata. */
const PREVIEW = 1000;

/** What was asked: in full where the metadata has all of it, otherwise its beginning. */
export function requestOf({ request_preview, trace_metadata = {} }: Trace): TraceText {
  return textOf(trace_metadata["mlflow.traceInputs"], request_preview);
}

/** What was answered, like what was asked. */
export function responseOf({ response_preview, trace_metadata = {} }: Trace): TraceText {
  return textOf(trace_metadata["mlflow.traceOutputs"], response_preview);
}

/** JSON stays as it is written, so that no number is rounded; of a JSON string it is the text in it. */
function textOf(written: string | undefined, preview = ""): TraceText {
  const whole = written === undefined ? undefined : parse(written);
  if (written === undefined || whole === undefined) return { text: preview, isCut: preview.length >= PREVIEW };
  return { text: typeof whole === "string" ? whole : written, isCut: false };
}

/** Undefined where the text is cut, so that it is not JSON anymore. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
