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

function textOf(written: string | undefined, preview = ""): TraceText {
  const whole = written === undefined ? undefined : parse(written);
  if (typeof whole === "string") return { text: whole, isCut: false };
  if (whole !== undefined) return { text: JSON.stringify(whole, null, 2), isCut: false };
  return { text: preview, isCut: preview.length >= PREVIEW };
}

/** Undefined where the text is cut, so that it is no JSON any more. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
