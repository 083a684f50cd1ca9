import { LlmopsError } from "../base/errors/llmops-error.js";

/** Whether a tracking URI names a database of PostgreSQL, in any of the forms that SQLAlchemy and libpq have. */
export function isPostgresUri(uri: string): boolean {
  return /^postgres(?:ql)?(?:\+\w+)?:\/\//i.test(uri);
}

/** The URI for the driver, without SQLAlchemy's name of one; and as it may be shown, without the password. Throws INVALID_ARGUMENT. */
export function readPostgresUri(uri: string): { connection: string; shown: string } {
  const connection = uri.replace(/^postgres(?:ql)?(?:\+\w+)?:/i, "postgresql:");
  const url = parse(connection);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === "" || database.includes("/")) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI names no database: ${shownUri(url)}.`, {
      hint: "Write it as postgresql://USER@HOST:5432/DATABASE.",
    });
  }
  return { connection, shown: shownUri(url) };
}

function parse(connection: string): URL {
  try {
    return new URL(connection.replace(/^postgresql:\/\/(?=[/?]|[^/?]*@\/)/, (head) => `${head}localhost`));
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
