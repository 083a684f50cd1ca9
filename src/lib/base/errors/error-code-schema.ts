import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "./codes.js";

/** A code of an error, in documents. */
export const errorCodeSchema = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);
