import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { escapeHtml } from "../../../base/http/docs-page.js";
import { invalid } from "../../mlflow-error.js";
import { Fields } from "../fields.js";
import { routeConfig } from "../route-config.js";
import type { UserAccess } from "./user-access.js";
import { createUser } from "./user-routes.js";

const CREATE = "/api/2.0/mlflow/users/create-ui";
const FORM = "application/x-www-form-urlencoded";
const VALID_MS = 3_600_000;
const MOST_BYTES = 16 * 1024;
/** The form goes here, and nothing of another origin is loaded. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Adds /signup, where an admin makes a user in a browser: MLflow's page. Its form has a token that only the page was given. */
export async function addSignup(app: FastifyInstance, access: UserAccess): Promise<void> {
  const guard = new FormGuard();
  const page = routeConfig({
    methods: ["GET"],
    path: "/signup",
    scope: "token",
    summary: "A form that creates a user",
    media: ["text/html"],
    errors: [],
  });
  app.get("/signup", { config: page }, (request, reply) => show(reply, form(guard.issue(nameOf(request)))));
  const config = routeConfig({
    ...{ methods: ["POST"], path: CREATE, scope: "token", summary: "Create a user from the form of /signup", media: ["text/html"] },
    upload: [FORM],
    errors: ["RESOURCE_ALREADY_EXISTS"],
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(FORM, { parseAs: "string", bodyLimit: MOST_BYTES }, (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    });
    for (const prefix of ["/api", "/ajax-api"]) {
      scope.post(CREATE.replace("/api", prefix), { config }, async (request, reply) => {
        const fields = new Fields(z.record(z.string(), z.string()).parse(request.body ?? {}));
        guard.check(fields.text("csrf_token"), nameOf(request));
        const { username } = await createUser(access, fields);
        return show(reply, `<p>Successfully signed up user: ${escapeHtml(username)}</p><p><a href="/">To the application</a></p>`);
      });
    }
  });
}

/** Tokens that show that a form is of a page which this server gave to this user: what another page sends has none. */
class FormGuard {
  private readonly key = randomBytes(32);

  issue(user: string, until = Date.now() + VALID_MS): string {
    return `${until}.${createHmac("sha256", this.key).update(`${until} ${user}`).digest("base64url")}`;
  }

  check(given: string | undefined, user: string): void {
    if (given === undefined || given === "") throw invalid("Bad Request. The CSRF token is missing. Use the form at /signup.");
    const until = Number(given.split(".")[0]);
    const expected = Buffer.from(this.issue(user, until));
    const isSame = expected.length === Buffer.byteLength(given) && timingSafeEqual(expected, Buffer.from(given));
    if (!isSame || until < Date.now()) throw invalid("Bad Request. The CSRF token is invalid or has expired. Open /signup again.");
  }
}

function nameOf({ caller }: FastifyRequest): string {
  return caller?.name ?? "";
}

function show(reply: FastifyReply, content: string): FastifyReply {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign up</title>
<style>body{font:16px system-ui;max-width:24rem;margin:3rem auto;padding:0 1rem}input{display:block;width:100%;margin:.25rem 0 1rem}</style>
</head><body>${content}</body></html>`;
  return reply.type("text/html; charset=utf-8").headers({ "content-security-policy": POLICY, "cache-control": "no-store" }).send(page);
}

function form(token: string): string {
  return `<h1>New user</h1><form action="${CREATE}" method="post">
<input type="hidden" name="csrf_token" value="${token}"/>
<label>Username <input type="text" name="username" required maxlength="255" autocomplete="off"></label>
<label>Password <input type="password" name="password" required minlength="12" autocomplete="new-password"></label>
<input type="submit" value="Sign up"></form>`;
}
