import type { z } from "zod";
import { recordedCallSchema } from "../../lib/inference/cassette/cassette-file.js";
import * as answers from "./answers.js";
import * as artifacts from "./artifacts.js";
import * as cache from "./cache.js";
import * as configuration from "./configuration.js";
import * as error from "./error.js";
import * as keys from "./keys.js";
import * as models from "./models.js";
import * as monitoring from "./monitoring.js";
import * as projects from "./projects.js";
import * as results from "./results.js";
import * as registry from "./registry.js";
import * as runs from "./runs.js";
import * as tracking from "./tracking.js";

const GROUPS = [answers, artifacts, cache, configuration, error, keys, models, monitoring, projects, registry, results, runs, tracking];

const ALL: readonly z.ZodType[] = [recordedCallSchema, ...GROUPS.flatMap((documents) => Object.values<z.ZodType>(documents))];

/** Every kind of document that llmops prints or keeps, by what stands in its field `schema`. */
export const DOCUMENTS: ReadonlyMap<string, z.ZodType> = new Map(ALL.map((schema) => [nameOf(schema), schema]));

/** The name in a document's field `schema`; alternatives of one document have the same. */
function nameOf(schema: z.ZodType): string {
  const { def } = schema as z.ZodObject | z.ZodUnion<[z.ZodObject]>;
  if (def.type === "union") return nameOf(def.options[0]);
  const { values } = (def.shape as { schema: z.ZodLiteral<string> }).schema.def;
  return values[0] ?? "";
}
