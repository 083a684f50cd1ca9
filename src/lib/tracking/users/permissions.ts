import { invalid } from "../mlflow-error.js";

/** What a user may do with an experiment or a registered model, by MLflow's names: each includes those before it. */
export const PERMISSIONS = ["NO_PERMISSIONS", "READ", "EDIT", "MANAGE"] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What permissions are of: experiments, with all that is in them, and registered models, with their versions. */
export type Guarded = "experiment" | "model";

/** True where what somebody has is enough for what is needed. */
export function allows(has: Permission, needed: Permission): boolean {
  return PERMISSIONS.indexOf(has) >= PERMISSIONS.indexOf(needed);
}

/** Throws INVALID_PARAMETER_VALUE for a text that is not the name of a permission. */
export function toPermission(text: string): Permission {
  const found = PERMISSIONS.find((name) => name === text);
  if (found !== undefined) return found;
  throw invalid(`Invalid permission '${text}'. Valid permissions are: ${PERMISSIONS.join(", ")}.`);
}
