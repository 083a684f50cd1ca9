import { createHash } from "node:crypto";
import { LlmopsError } from "../base/errors/llmops-error.js";

/** Whether a tracking URI names a database of PostgreSQL, in any of the forms that SQLAlchemy and libpq have. */
export function isPostgresUri(uri: string): boolean {
  return /^postgres(?:ql)?(?:\+\w+)?:\/\//i.test(uri);
}

/** What tells a database from every other one, and nobody where it is. Throws INVALID_ARGUMENT. */
export function postgresIdentity(uri: string): string {
  return createHash("sha256").update(readPostgresUri(uri).shown).digest("hex").slice(0, 32);
}

/** The URI for the driver, without SQLAlchemy's name of one; and as it may be shown, without the password. Throws INVALID_ARGUMENT. */
export function readPostgresUri(uri: string): { connection: string; shown: string } {
  const connection = uri.replace(/^postgres(?:ql)?(?:\+\w+)?:/i, "postgresql:");
  const url = parse(connection);
  const database = url.pathname.slice(1);
  if (database === "" || database.includes("/")) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI names no database: ${shownUri(url)}.`, {
      hint: "Write it as postgresql://USER@HOST:5432/DATABASE.",
    });
  }
  return { connection, shown: shownUri(url) };
}

/** The place is a socket, or where the environment says. */
const AT_NO_HOST = /^(postgresql:\/\/(?:[^/?@]*@)?)(?=[/?])/;

function parse(connection: string): URL {
  try {
    decodeURIComponent(new URL(connection.replace(AT_NO_HOST, "$1localhost")).pathname);
    return new URL(connection.replace(AT_NO_HOST, "$1localhost"));
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", "The tracking URI of PostgreSQL is not a URL.", {
      hint: "Write it as postgresql://USER@HOST:5432/DATABASE, with special characters of the password as %40 and the like.",
      cause,
    });
  }
}

function shownUri({ username, host, pathname }: URL): string {
  return `postgresql://${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
