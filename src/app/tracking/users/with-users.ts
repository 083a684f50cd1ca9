import { randomBytes } from "node:crypto";
import { readSecret } from "../../../lib/base/config/environment.js";
import { findExperiment } from "../../../lib/tracking/find-experiment.js";
import { openUserAdmin } from "../../../lib/tracking/open-users.js";
import type { Guarded } from "../../../lib/tracking/users/permissions.js";
import type { UserAdmin } from "../../../lib/tracking/users/user-admin.js";
import { withStore } from "../with-store.js";

/** Which users: those of a store, or of a database. */
export interface UsersPlace {
  "tracking-uri": string;
  users?: string | undefined;
}

/** Opens the users there are for the work and closes them afterwards. */
export async function withUsers<T>(
  { "tracking-uri": store, users: database }: UsersPlace,
  work: (users: UserAdmin) => Promise<T>,
): Promise<T> {
  const users = await openUserAdmin(store, database);
  try {
    return await work(users);
  } finally {
    await users.close();
  }
}

/** The password in a variable, or a random one, which has to be shown. Throws INVALID_ARGUMENT for a variable that is not set. */
export function choosePassword(variable: string | undefined): { password: string; isMade: boolean } {
  if (variable !== undefined) return { password: readSecret(variable), isMade: false };
  return { password: randomBytes(15).toString("base64url"), isMade: true };
}

/** What a permission is on: an experiment by its id, which may be named by its name, or a registered model. */
export async function objectOf(
  { "tracking-uri": uri }: UsersPlace,
  { experiment, model = "" }: { experiment?: string | undefined; model?: string | undefined },
): Promise<{ kind: Guarded; object: string }> {
  if (experiment === undefined) return { kind: "model", object: model };
  return withStore(uri, async (store) => ({ kind: "experiment", object: (await findExperiment(store, experiment)).experimentId }));
}
