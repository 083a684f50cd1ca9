import { z } from "zod";
import { PERMISSIONS } from "../../lib/tracking/users/permissions.js";

const place = z.string().describe("The database of the users, or their server.");
const permission = z.enum(PERMISSIONS);
const grant = z.object({
  on: z.enum(["experiment", "model"]),
  object: z.string().describe("The experiment's id, or the registered model's name."),
  permission,
});
const token = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  expires_at: z.string().nullable().describe("Null where it holds until it is revoked."),
});

/** What `mlflow users list` prints. */
export const usersDocumentSchema = z.object({
  schema: z.literal("llmops.users/1"),
  place,
  users: z.array(z.object({ username: z.string(), admin: z.boolean(), permissions: z.array(grant) })),
});

/** What commands that change a user print. */
export const userDocumentSchema = z.object({
  schema: z.literal("llmops.user/1"),
  place,
  username: z.string(),
  done: z.enum(["created", "deleted", "password set", "admin", "not admin", "granted", "revoked"]),
  password: z.string().optional().describe("The password where it was made up: it is shown this once."),
  permission: grant.omit({ permission: true }).extend({ permission: permission.nullable() }).optional(),
});

/** What the commands about tokens of a user print. */
export const userTokensDocumentSchema = z.object({
  schema: z.literal("llmops.user-tokens/1"),
  place,
  username: z.string(),
  token: z.string().optional().describe("A token that was created: it is shown this once."),
  tokens: z.array(token).describe("Those there are now."),
});

export type UsersDocument = z.infer<typeof usersDocumentSchema>;
export type UserDocument = z.infer<typeof userDocumentSchema>;
export type UserTokensDocument = z.infer<typeof userTokensDocumentSchema>;
