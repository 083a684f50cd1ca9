import { fixedKeys, freeKeys, LISTED_TEXT_FIELD, NUMBER_FIELD, TEXT_FIELD, type Comparator, type Grammar } from "./grammar.js";

const TAG_PREFIXES = ["tags", "tag"];

/** runs/search: what an order may name. */
export const RUN_ORDER = {
  metric: freeKeys(["metrics", "metric"], "number"),
  param: freeKeys(["params", "param", "parameter", "parameters"], "text"),
  tag: freeKeys(TAG_PREFIXES, "text"),
  attribute: fixedKeys(
    ["attributes", "attribute", "attr", "run", ""],
    {
      run_id: LISTED_TEXT_FIELD,
      run_name: TEXT_FIELD,
      status: TEXT_FIELD,
      artifact_uri: TEXT_FIELD,
      user_id: TEXT_FIELD,
      start_time: NUMBER_FIELD,
      end_time: NUMBER_FIELD,
    },
    { "run name": "run_name", "Run name": "run_name", "Run Name": "run_name", created: "start_time", Created: "start_time" },
  ),
} satisfies Grammar<string>;

/** What a filter may name besides. */
export const RUN_FILTER = {
  ...RUN_ORDER,
  dataset: fixedKeys(["datasets", "dataset"], { name: LISTED_TEXT_FIELD, digest: LISTED_TEXT_FIELD, context: LISTED_TEXT_FIELD }),
} satisfies Grammar<string>;

/** What runs are grouped by; a dataset has no key. */
export const RUN_GROUPING = {
  param: RUN_ORDER.param,
  tag: RUN_ORDER.tag,
  dataset: fixedKeys([""], { dataset: TEXT_FIELD }),
} satisfies Grammar<string>;

/** What groups of runs are ordered by: their value, the number of their runs, or the mean of a metric. */
export const GROUP_ORDER = {
  metric: RUN_ORDER.metric,
  attribute: fixedKeys([""], { value: TEXT_FIELD, runs: NUMBER_FIELD }),
} satisfies Grammar<string>;

/** experiments/search. */
export const EXPERIMENT_FILTER = {
  tag: freeKeys(TAG_PREFIXES, "text"),
  attribute: fixedKeys(["attributes", "attribute", "attr", ""], {
    name: TEXT_FIELD,
    creation_time: NUMBER_FIELD,
    last_update_time: NUMBER_FIELD,
  }),
} satisfies Grammar<string>;

export const EXPERIMENT_ORDER = {
  attribute: fixedKeys(["attributes", "attribute", "attr", ""], {
    name: TEXT_FIELD,
    experiment_id: NUMBER_FIELD,
    creation_time: NUMBER_FIELD,
    last_update_time: NUMBER_FIELD,
  }),
} satisfies Grammar<string>;

/** registered-models/search. */
export const MODEL_FILTER = {
  tag: freeKeys(TAG_PREFIXES, "text"),
  attribute: fixedKeys(["attributes", "attribute", "attr", ""], { name: TEXT_FIELD }),
} satisfies Grammar<string>;

const REGISTRY_TIMES = {
  creation_timestamp: NUMBER_FIELD,
  last_updated_timestamp: NUMBER_FIELD,
};
export const MODEL_ORDER = {
  attribute: fixedKeys(["attributes", "attribute", "attr", ""], { name: TEXT_FIELD, ...REGISTRY_TIMES }),
} satisfies Grammar<string>;

/** model-versions/search. */
export const VERSION_FILTER = {
  tag: freeKeys(TAG_PREFIXES, "text"),
  attribute: fixedKeys(["attributes", "attribute", "attr", ""], {
    name: TEXT_FIELD,
    run_id: LISTED_TEXT_FIELD,
    source_path: TEXT_FIELD,
    version_number: NUMBER_FIELD,
  }),
} satisfies Grammar<string>;

export const VERSION_ORDER = {
  attribute: fixedKeys(["attributes", "attribute", "attr", ""], { name: TEXT_FIELD, version_number: NUMBER_FIELD, ...REGISTRY_TIMES }),
} satisfies Grammar<string>;

/** logged-models/search. */
export const LOGGED_MODEL_FILTER = {
  metric: freeKeys(["metrics", "metric"], "number"),
  param: freeKeys(["params", "param"], "text"),
  tag: freeKeys(TAG_PREFIXES, "text"),
  attribute: fixedKeys(
    ["attributes", "attribute", "attr", ""],
    {
      name: LISTED_TEXT_FIELD,
      model_id: LISTED_TEXT_FIELD,
      model_type: LISTED_TEXT_FIELD,
      status: LISTED_TEXT_FIELD,
      source_run_id: LISTED_TEXT_FIELD,
      creation_timestamp_ms: NUMBER_FIELD,
      last_updated_timestamp_ms: NUMBER_FIELD,
    },
    {
      creation_timestamp: "creation_timestamp_ms",
      creation_time: "creation_timestamp_ms",
      last_updated_timestamp: "last_updated_timestamp_ms",
      last_updated_time: "last_updated_timestamp_ms",
    },
  ),
} satisfies Grammar<string>;

const TRACE_TEXT: readonly Comparator[] = ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"];
const traceText = { kind: "text", comparators: TRACE_TEXT } as const;

const SPAN_FIELDS = ["name", "type", "status", "content"];

/** traces/search. Traces are found by what any of their spans has. */
export const TRACE_FILTER = {
  tag: freeKeys(TAG_PREFIXES, "text", TRACE_TEXT),
  metadata: freeKeys(["metadata", "request_metadata"], "text", TRACE_TEXT),
  feedback: freeKeys(["feedback"], "text", TRACE_TEXT),
  expectation: freeKeys(["expectation"], "text", TRACE_TEXT),
  span: {
    prefixes: ["span"],
    keys: [...SPAN_FIELDS, "attributes.<name>"],
    field: (key) => (SPAN_FIELDS.includes(key) || /^attributes\../s.test(key) ? traceText : undefined),
  },
  attribute: fixedKeys(
    ["trace", "attributes", "attribute", ""],
    {
      request_id: traceText,
      status: traceText,
      client_request_id: traceText,
      name: traceText,
      run_id: traceText,
      text: traceText,
      timestamp_ms: NUMBER_FIELD,
      execution_time_ms: NUMBER_FIELD,
      end_time_ms: NUMBER_FIELD,
    },
    { timestamp: "timestamp_ms", execution_time: "execution_time_ms", end_time: "end_time_ms", trace_id: "request_id", state: "status" },
  ),
} satisfies Grammar<string>;
