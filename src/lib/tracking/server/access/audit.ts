import type { FastifyRequest } from "fastify";
import { askedFields } from "../api.js";
import type { Caller } from "./caller.js";

/** A change that somebody made, or tried to make. */
export interface AuditEntry {
  time: string;
  /** Null where nobody was signed in. */
  user: string | null;
  signed_in_by: string | null;
  address: string;
  method: string;
  /** With the names of its parameters in place of their values. */
  route: string;
  /** What it was about, in the words of the request. */
  object: Record<string, unknown>;
  outcome: "done" | "refused" | "failed";
  status: number;
}

/** What requests name things by, and what they make of permissions. Nothing else of a request is written: it may be a secret. */
const NAMED = [
  ...["experiment_id", "run_id", "run_uuid", "name", "new_name", "version", "alias", "stage", "model_id", "trace_id", "request_id"],
  ...["assessment_id", "username", "permission", "is_admin", "key", "tag_key", "endpoint"],
];
const LONGEST_VALUE = 500;

/** What a request was about, and what came of it. */
export function auditEntry(request: FastifyRequest, caller: Caller | undefined, status: number): AuditEntry {
  return {
    time: new Date().toISOString(),
    user: caller?.name ?? null,
    signed_in_by: caller?.by ?? null,
    address: request.socket.remoteAddress ?? "",
    method: request.method,
    route: request.routeOptions.url ?? "",
    object: objectOf(request),
    outcome: status < 400 ? "done" : status === 401 || status === 403 ? "refused" : "failed",
    status,
  };
}

function objectOf(request: FastifyRequest): Record<string, unknown> {
  const fields = askedFields(request);
  const named = NAMED.flatMap((name) => {
    const value = fields.json(name);
    if (typeof value === "string") return [[name, value.slice(0, LONGEST_VALUE)]];
    return typeof value === "number" || typeof value === "boolean" ? [[name, value]] : [];
  });
  const path = fields.json("*");
  const experiment = request.headers["x-mlflow-experiment-id"];
  return Object.fromEntries([
    ...named,
    ...(typeof path === "string" ? [["path", path.slice(0, LONGEST_VALUE)]] : []),
    ...(typeof experiment === "string" ? [["experiment_id", experiment]] : []),
  ]) as Record<string, unknown>;
}
