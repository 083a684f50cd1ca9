import type { FastifyInstance, FastifyRequest } from "fastify";
import type { HttpMethod } from "../../../base/http/route-description.js";
import type { TrackingBackend } from "../../tracking-backend.js";
import { askedFields } from "../api.js";
import { auditEntry } from "./audit.js";
import { denied, onBehalfOf, type Caller } from "./caller.js";
import type { Rule } from "./rule.js";
import { RULES } from "./rules.js";
import type { UserAccess } from "./user-access.js";

const UNKNOWN = "You are not authenticated. Sign in with a user's name and password, or send a user's token as a bearer token.";

declare module "fastify" {
  interface FastifyRequest {
    /** Who sends it, where the server has users. */
    caller?: Caller | undefined;
  }
}

/** From now on the app throws when a route is added that no rule is written for. */
export function refuseUnruled(app: FastifyInstance): void {
  app.addHook("onRoute", ({ method, url, config }) => {
    const { methods = [], path = "" } = config?.description ?? {};
    const unruled = methods.find((one) => !RULES.has(`${one} ${path}`));
    if (unruled !== undefined) throw new TypeError(`the route ${String(method)} ${url} has no rule of who may use it (access/rules.ts)`);
  });
}

/** Has everybody sign in, lets users do what they may, and passes on who does it. The store has to be guarded by `guardBackend`. */
export function addAccess(app: FastifyInstance, backend: TrackingBackend, access: UserAccess): void {
  app.decorateRequest("caller", undefined);
  app.addHook("onRequest", async (request, reply) => {
    if (ruleOf(request)?.who === "open" || request.method === "OPTIONS") return undefined; // browsers ask before they send credentials
    request.caller = await access.identify(request);
    if (request.caller) return undefined;
    void reply.status(401).header("www-authenticate", 'Basic realm="mlflow"');
    return reply.send({ error_code: "UNAUTHENTICATED", message: UNKNOWN });
  });
  app.addHook("preHandler", (request, _reply, done) => {
    const { caller } = request;
    if (!caller) return done();
    check(request, caller, backend).then(() => onBehalfOf(caller, done), done);
  });
  const { audit } = access;
  if (!audit) return;
  app.addHook("onResponse", (request, reply, done) => {
    if (ruleOf(request)?.changes === true) audit(auditEntry(request, request.caller, reply.statusCode));
    done();
  });
}

function ruleOf({ routeOptions, method }: FastifyRequest): Rule | undefined {
  const { path = "" } = routeOptions.config.description ?? {};
  const asked = method === "HEAD" ? "GET" : (method as HttpMethod);
  return RULES.get(`${asked} ${path}`);
}

/** Throws PERMISSION_DENIED. A path that no route takes is answered as such to all who are signed in. */
async function check(request: FastifyRequest, caller: Caller, backend: TrackingBackend): Promise<void> {
  const rule = ruleOf(request);
  if (!rule) {
    if (request.is404) return;
    throw denied("The route has no rule of who may use it.");
  }
  if (rule.withPassword === true && caller.by === "token")
    throw denied("A token does not change who may sign in: send the user's name and password instead.");
  if (caller.user.isAdmin) return;
  const fields = askedFields(request);
  refuseOthers(rule, caller, fields.text("username"));
  for (const { permission, of } of rule.needs) {
    for (const object of await of.find({ fields, request, backend })) caller.require(of.kind, object, permission);
  }
}

/** Refuses somebody who is no admin what only an admin may do; `username` is whom the request is about, where it says so. */
function refuseOthers({ who }: Rule, { name }: Caller, username = name): void {
  if (who === "admin") throw denied(`${name} is not an admin.`);
  if (who === "self" && username !== name) throw denied(`${name} is not an admin, and may see and change only ${name}.`);
}
