import { z } from "zod";
import { PERMISSIONS } from "../../users/permissions.js";
import { nothing } from "./answers.js";
import { MISSING, TAKEN, type ApiDescriptions } from "./description.js";
import { experimentId, text } from "./fields.js";

const USERS = "2.0/mlflow/users";
const TOKENS = "llmops/1/users/tokens";

const permission = z.enum(PERMISSIONS);
const experimentPermission = z.object({ experiment_id: z.string(), user_id: z.number().int(), permission });
const modelPermission = z.object({ name: z.string(), user_id: z.number().int(), permission });
const user = z.object({
  id: z.number().int(),
  username: z.string(),
  is_admin: z.boolean(),
  experiment_permissions: z.array(experimentPermission),
  registered_model_permissions: z.array(modelPermission),
});
const token = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  created_at: z.number().int().describe("Milliseconds since 1970."),
  expires_at: z.number().int().nullable(),
});

const username = { username: text("The user.") };
const ownName = { username: text("The user; whoever asks, where it is absent.").optional() };
const password = { password: text("12 characters or more.") };
const model = { name: text("The registered model.") };
const granted = { permission: permission.describe("What the user may do.") };

/** Users: MLflow's REST API 2.0, and a list of them. */
export const USER_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${USERS}/create`]: {
    summary: "Create a user",
    fields: z.object({ ...username, ...password }),
    answer: z.object({ user }),
    errors: TAKEN,
  },
  [`GET ${USERS}/get`]: {
    summary: "Read a user with all permissions",
    fields: z.object(ownName),
    answer: z.object({ user }),
    errors: MISSING,
  },
  [`PATCH ${USERS}/update-password`]: {
    summary: "Set a user's password",
    fields: z.object({ ...username, ...password }),
    ...{ answer: nothing, errors: MISSING },
  },
  [`PATCH ${USERS}/update-admin`]: {
    summary: "Make a user an admin, or no longer one",
    fields: z.object({ ...username, is_admin: z.boolean() }),
    ...{ answer: nothing, errors: MISSING },
  },
  [`DELETE ${USERS}/delete`]: {
    summary: "Delete a user with all permissions and tokens",
    ...{ fields: z.object(username), answer: nothing, errors: MISSING },
  },
  "GET llmops/1/users": { summary: "List the users with their permissions", answer: z.object({ users: z.array(user) }) },
  "GET llmops/1/users/me": { summary: "Read the user who asks", answer: z.object({ user }) },
};

/** Tokens of users. */
export const TOKEN_DESCRIPTIONS: ApiDescriptions = {
  [`GET ${TOKENS}`]: {
    summary: "List the tokens of a user, without what they are sent as",
    ...{ fields: z.object(ownName), answer: z.object({ tokens: z.array(token) }), errors: MISSING },
  },
  [`POST ${TOKENS}/create`]: {
    summary: "Create a token of a user, which is answered once",
    fields: z.object({
      ...ownName,
      name: text("A name that no other token of the user has."),
      expires_at: z.number().int().optional().describe("Milliseconds since 1970; until it is revoked, where absent."),
    }),
    answer: token.extend({ token: z.string().describe("To be sent as a bearer token.") }),
    errors: [...MISSING, ...TAKEN],
  },
  [`DELETE ${TOKENS}/delete`]: {
    summary: "Revoke a token of a user",
    fields: z.object({ ...ownName, name: text("The token's name or id.") }),
    ...{ answer: nothing, errors: MISSING },
  },
};

/** Permissions: MLflow's REST API 2.0. */
export const PERMISSION_DESCRIPTIONS: ApiDescriptions = {
  ...permissionsOn("2.0/mlflow/experiments/permissions", "an experiment", experimentId, {
    experiment_permission: experimentPermission,
  }),
  ...permissionsOn("2.0/mlflow/registered-models/permissions", "a registered model", model, {
    registered_model_permission: modelPermission,
  }),
};

function permissionsOn(base: string, what: string, object: z.ZodRawShape, answer: z.ZodRawShape): ApiDescriptions {
  const named = { ...object, ...username };
  return {
    [`POST ${base}/create`]: {
      summary: `Grant a user a permission on ${what}`,
      fields: z.object({ ...named, ...granted }),
      ...{ answer: z.object(answer), errors: [...MISSING, ...TAKEN] },
    },
    [`GET ${base}/get`]: {
      summary: `Read what a user was granted on ${what}`,
      ...{ fields: z.object(named), answer: z.object(answer), errors: MISSING },
    },
    [`PATCH ${base}/update`]: {
      summary: `Change what a user was granted on ${what}`,
      ...{ fields: z.object({ ...named, ...granted }), answer: nothing, errors: MISSING },
    },
    [`DELETE ${base}/delete`]: {
      summary: `Take back what a user was granted on ${what}`,
      ...{ fields: z.object(named), answer: nothing, errors: MISSING },
    },
  };
}
