import type { FastifyInstance } from "fastify";
import { addRoutes } from "../api.js";
import { PERMISSION_DESCRIPTIONS, TOKEN_DESCRIPTIONS, USER_DESCRIPTIONS } from "../descriptions/users.js";
import { addSignup } from "./signup.js";
import type { UserAccess } from "./user-access.js";
import { permissionRoutes, tokenRoutes, userRoutes } from "./user-routes.js";

export type { UserAccess };

/** Adds what is asked about users: who there is, what they may do, and their tokens. */
export async function addUsers(app: FastifyInstance, access: UserAccess): Promise<void> {
  addRoutes(app, userRoutes(access), USER_DESCRIPTIONS);
  addRoutes(app, tokenRoutes(access), TOKEN_DESCRIPTIONS);
  addRoutes(app, permissionRoutes(access), PERMISSION_DESCRIPTIONS);
  await addSignup(app, access);
}
