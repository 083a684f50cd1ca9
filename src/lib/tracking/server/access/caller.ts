import { AsyncLocalStorage } from "node:async_hooks";
import { MlflowError } from "../../mlflow-error.js";
import { allows, type Guarded, type Permission } from "../../users/permissions.js";
import { canonical, type GrantStore } from "../../users/grant-store.js";
import type { User } from "../../users/user-records.js";

/** What somebody has shown to be who they are. */
export type SignedInBy = "password" | "token" | "proxy";

const CALLED: Record<Guarded, string> = { experiment: "experiment", model: "registered model" };

/** Who asks, with what they may do. */
export class Caller {
  readonly user: User;
  readonly by: SignedInBy;
  private readonly grants: GrantStore;
  private readonly fallback: Permission;

  /** `fallback` is what everybody may do with what was not granted to them. */
  constructor(user: User, { by, grants, fallback }: { by: SignedInBy; grants: GrantStore; fallback: Permission }) {
    this.user = user;
    this.by = by;
    this.grants = grants;
    this.fallback = fallback;
  }

  get name(): string {
    return this.user.username;
  }

  /** Throws PERMISSION_DENIED. */
  require(kind: Guarded, object: string, needed: Permission): void {
    const has = this.permissionOn(kind, object);
    if (allows(has, needed)) return;
    throw denied(`${this.name} needs ${needed} on ${CALLED[kind]} ${object}, and has ${has === "NO_PERMISSIONS" ? "none" : has}.`);
  }

  reads(kind: Guarded, object: string): boolean {
    return allows(this.permissionOn(kind, object), "READ");
  }

  /** Tells which of many can be read; undefined where all can. */
  readableOf(kind: Guarded): ((object: string) => boolean) | undefined {
    if (this.user.isAdmin) return undefined;
    const known = new Map(this.grants.list(kind, this.user.id).map(({ object, permission }) => [object, allows(permission, "READ")]));
    const others = allows(this.fallback, "READ");
    if (others && [...known.values()].every(Boolean)) return undefined;
    return (object) => known.get(canonical(kind, object)) ?? others;
  }

  private permissionOn(kind: Guarded, object: string): Permission {
    if (this.user.isAdmin) return "MANAGE";
    if (object === "") return "NO_PERMISSIONS"; // the folder of all experiments
    return this.grants.find(kind, object, this.user.id)?.permission ?? this.fallback;
  }
}

/** MLflow's words, and what would be needed. */
export function denied(why: string): MlflowError {
  return new MlflowError("PERMISSION_DENIED", `Permission denied. ${why}`);
}

const current = new AsyncLocalStorage<Caller>();

/** Does the work, and all that comes of it, on behalf of a caller. */
export function onBehalfOf<T>(caller: Caller, work: () => T): T {
  return current.run(caller, work);
}

/** On whose behalf this is done. Throws where nobody is known: what is guarded is not done for nobody. */
export function currentCaller(): Caller {
  const caller = current.getStore();
  if (caller) return caller;
  throw new MlflowError("INTERNAL_ERROR", "The store was asked on behalf of nobody.");
}
