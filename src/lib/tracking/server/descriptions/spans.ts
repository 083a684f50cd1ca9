import { z } from "zod";

/** Values in the shape of OpenTelemetry's AnyValue. */
const anyValue = z
  .looseObject({})
  .describe("One of string_value, bool_value, int_value (a text), double_value, array_value, kvlist_value; empty for null.");
const attributes = z.array(z.object({ key: z.string(), value: anyValue }));
const nanoseconds = z.string().describe("Nanoseconds since 1970.");

/** A span in the JSON of OpenTelemetry's protobuf. */
export const storedSpan = z.object({
  trace_id: z.string().describe("Base64."),
  span_id: z.string().describe("Base64."),
  parent_span_id: z.string().optional(),
  name: z.string(),
  start_time_unix_nano: nanoseconds.optional(),
  end_time_unix_nano: nanoseconds.optional(),
  attributes,
  events: z.array(z.object({ name: z.string(), time_unix_nano: nanoseconds.optional(), attributes })),
  status: z.object({ code: z.string(), message: z.string().optional() }),
});
