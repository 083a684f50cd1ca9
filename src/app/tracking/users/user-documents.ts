import type { UsersDocument, UserTokensDocument } from "../../documents/users.js";
import type { UserAdmin, UserWithGrants } from "../../../lib/tracking/users/user-admin.js";
import type { UserToken } from "../../../lib/tracking/users/user-records.js";

/** All users with their permissions. */
export async function usersDocument(users: UserAdmin): Promise<UsersDocument> {
  return { schema: "llmops.users/1", place: users.place, users: (await users.list()).map(toDocument) };
}

/** The tokens a user has; `token` is one that was just made. */
export async function tokensDocument(users: UserAdmin, username: string, token?: string): Promise<UserTokensDocument> {
  const tokens = (await users.tokens(username)).map(tokenToDocument);
  return { schema: "llmops.user-tokens/1", place: users.place, username, ...(token !== undefined && { token }), tokens };
}

function toDocument({ username, isAdmin, grants }: UserWithGrants): UsersDocument["users"][number] {
  return { username, admin: isAdmin, permissions: grants.map(({ kind, object, permission }) => ({ on: kind, object, permission })) };
}

function tokenToDocument({ id, name, createdAt, expiresAt }: UserToken): UserTokensDocument["tokens"][number] {
  const time = (at: number) => new Date(at).toISOString();
  return { id, name, created_at: time(createdAt), expires_at: expiresAt === null ? null : time(expiresAt) };
}
