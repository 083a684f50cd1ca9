import type { Permission } from "../../users/permissions.js";
import type { Subject } from "./subjects.js";

/** A permission on what a request is about. */
export interface Need {
  permission: Permission;
  of: Subject;
}

/**
 * What a route asks of a user. `open`: nothing. `signed-in`: it tells nothing of the store. `filtered`: it gives what the user may read, and
 * no more. `self`: it is about the user who asks, or an admin asks. `admin`: an admin asks. `needs`: permissions, all of them.
 */
export interface Rule {
  who: "open" | "signed-in" | "filtered" | "self" | "admin" | "needs";
  needs: readonly Need[];
  /** It changes something: the audit log has it. */
  changes: boolean;
  /** A token is not enough: who has found one may not make more of it. */
  withPassword?: boolean;
}

const rule = (who: Rule["who"], changes: boolean, needs: readonly Need[] = []): Rule => ({ who, needs, changes });

export const open = rule("open", false);
export const signedIn = rule("signed-in", false);
export const filtered = rule("filtered", false);
export const self = { reads: rule("self", false), changes: rule("self", true), secures: { ...rule("self", true), withPassword: true } };
export const admin = { reads: rule("admin", false), changes: rule("admin", true), secures: { ...rule("admin", true), withPassword: true } };

/** READ on all subjects; a READ on nothing else is needed. */
export function read(...subjects: Subject[]): Rule {
  return rule("needs", false, needs("READ", subjects));
}

/** A change that needs EDIT on all subjects, */
export function edit(...subjects: Subject[]): Rule {
  return rule("needs", true, needs("EDIT", subjects));
}

/** one that needs MANAGE, */
export function manage(...subjects: Subject[]): Rule {
  return rule("needs", true, needs("MANAGE", subjects));
}

/** and READ on others besides. */
export function reading(base: Rule, ...subjects: Subject[]): Rule {
  return { ...base, needs: [...base.needs, ...needs("READ", subjects)] };
}

/** A question that needs MANAGE. */
export function asking({ who, needs: asked }: Rule): Rule {
  return { who, needs: asked, changes: false };
}

function needs(permission: Permission, subjects: readonly Subject[]): Need[] {
  return subjects.map((of) => ({ permission, of }));
}
