import type { z } from "zod";
import type { MlflowErrorCode } from "../../mlflow-error.js";

/** What a route is to clients, but for its methods and path. */
export interface ApiDescription {
  /** One line, without a period. */
  summary: string;
  /** What it is given: in the query of a GET, else as JSON. */
  fields?: z.ZodObject;
  answer: z.ZodType;
  /** Beside those every route has. */
  errors?: readonly MlflowErrorCode[];
}

/** By method, or two joined with "|", and path below /api. */
export type ApiDescriptions = Readonly<Record<string, ApiDescription>>;

/** Of calls about something that has to be there, */
export const MISSING = ["RESOURCE_DOES_NOT_EXIST"] as const satisfies MlflowErrorCode[];
/** and of those that make something whose name has to be free. */
export const TAKEN = ["RESOURCE_ALREADY_EXISTS"] as const satisfies MlflowErrorCode[];
