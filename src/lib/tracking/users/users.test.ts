import { statSync } from "node:fs";
import Database from "libsql";
import { describe, expect, it, onTestFinished } from "vitest";
import { messageOf } from "../../base/errors/llmops-error.js";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { parseAuthConfig } from "./auth-config.js";
import { Credentials } from "./credentials.js";
import { GrantStore } from "./grant-store.js";
import { hashPassword, isPasswordOf } from "./password-hash.js";
import { TokenStore } from "./token-store.js";
import { UserStore } from "./user-store.js";
import { UsersDatabase } from "./users-database.js";

function openUsers(path = `${temporaryFolder()}/basic_auth.db`) {
  const db = new UsersDatabase(path, { create: true });
  onTestFinished(() => db.close());
  const users = new UserStore(db);
  return { path, db, users, grants: new GrantStore(db, users), tokens: new TokenStore(db, users) };
}

describe("hashes of passwords", () => {
  it.each([
    [
      "correct horse battery",
      "scrypt:32768:8:1$GZYUbMBSoyD7Qc0R$bcce64fed7a0303cd464f074fc974ca8d8d162d94d3e4a7344321857a952d50df0f5ba8ad56c692a5e72fe5ed184468ffc886fe4381b2feb5eb2bc06b8c05851",
    ],
    [
      "grüße 🐎 password",
      "scrypt:32768:8:1$mmPbkA71zUaOzY2V$86527b5dc1c17bed05b95de1a1283fffffd2034d150b9a913d4fe1b50cd87f7a7f8e006bed495d7f14f6034be88fbab2f6d7ce50663a3d376778382bd37c6f10",
    ],
    ["correct horse battery", "pbkdf2:sha256:1000$WB5WyRtipCpd6zVF$fabd317646209ad68a764cf95e61ff3f6ba14e1b3ba789c8c4d98e2dc2a44c23"],
  ])("by werkzeug are checked: %s", async (password, hash) => {
    expect([await isPasswordOf(hash, password), await isPasswordOf(hash, `${password}x`)]).toEqual([true, false]);
  });

  it("are made as werkzeug makes them, with a salt of their own", async () => {
    const [one, other] = [await hashPassword("secret"), await hashPassword("secret")];
    expect(one).toMatch(/^scrypt:32768:8:1\$[0-9a-f]{16}\$[0-9a-f]{128}$/);
    expect(one).not.toBe(other);
    expect(await isPasswordOf(one, "secret")).toBe(true);
  });

  it("of another kind are refused, and those that would take gigabytes", async () => {
    for (const hash of ["md5$a$b", "scrypt:1073741824:8:1$a$b", "plain"])
      expect((await errorOf(() => isPasswordOf(hash, "x"))).message).toContain("cannot be checked here");
  });
});

describe("the database of users", () => {
  it("has MLflow's tables and version, is private, and is opened again", () => {
    const { path, users } = openUsers();
    users.create({ username: "ada", passwordHash: null });
    expect(statSync(path).mode & 0o077).toBe(0);
    const other = openUsers(path);
    expect(other.users.list()).toEqual([{ id: 1, username: "ada", isAdmin: false }]);
    expect(other.db.all("SELECT * FROM alembic_version_auth")).toEqual([{ version_num: "8606fa83a998" }]);
  });

  it("of another MLflow is refused, and left as it is", async () => {
    const path = `${temporaryFolder()}/basic_auth.db`;
    const other = new Database(path);
    other.exec("CREATE TABLE alembic_version_auth (version_num VARCHAR(32)); INSERT INTO alembic_version_auth VALUES ('later')");
    other.close();
    expect(await errorOf(() => openUsers(path))).toMatchObject({ code: "STORE_INCOMPATIBLE" });
  });

  it("is asked for where it is not there", async () => {
    const path = `${temporaryFolder()}/none.db`;
    expect(await errorOf(() => new UsersDatabase(path, { create: false }))).toMatchObject({ code: "STORE_NOT_FOUND" });
  });
});

describe("users", () => {
  it("have names that can be signed in with, each once", async () => {
    const { users } = openUsers();
    users.create({ username: "ada@example.com", passwordHash: null });
    expect((await errorOf(() => users.create({ username: "ada@example.com", passwordHash: null }))).message).toContain("already exists");
    for (const username of ["", " ada", "a:b", "a,b", "a\nb", "x".repeat(256)])
      expect((await errorOf(() => users.create({ username, passwordHash: null }))).message, username).toContain("Invalid username");
  });

  it("take their grants and tokens with them; a later user of the same id has none", async () => {
    const { path, db, users, grants, tokens } = openUsers();
    users.create({ username: "ada", passwordHash: null });
    grants.create("experiment", "7", "ada", "EDIT");
    const { token } = tokens.create("ada", { name: "ci", expiresAt: null });
    expect(tokens.ownerOf(token)?.username).toBe("ada");
    const other = new Database(path); // as another program does
    other.exec("PRAGMA foreign_keys = OFF; DELETE FROM users");
    other.close();
    users.create({ username: "ben", passwordHash: null });
    expect(tokens.ownerOf(token)).toBeUndefined();
    users.delete("ben");
    expect(db.all("SELECT * FROM experiment_permissions")).toEqual([]);
    expect((await errorOf(() => users.get("ben"))).message).toBe("User with username=ben not found");
  });

  it("are known by their password, once it was right, for as long as it is", async () => {
    const { users } = openUsers();
    const credentials = new Credentials(users);
    users.create({ username: "ada", passwordHash: await hashPassword("right") });
    const both = await Promise.all([
      credentials.check("ada", "right"),
      credentials.check("ada", "right"),
      credentials.check("ada", "wrong"),
    ]);
    expect(both.map((user) => user?.username)).toEqual(["ada", "ada", undefined]);
    expect(await credentials.check("nobody", "right")).toBeUndefined();
    users.setPassword("ada", await hashPassword("new"));
    expect([await credentials.check("ada", "right"), (await credentials.check("ada", "new"))?.username]).toEqual([undefined, "ada"]);
  });

  it("do not have more than 50 passwords wait to be checked", async () => {
    const { users } = openUsers();
    users.create({ username: "ada", passwordHash: "pbkdf2:sha256:1$salt$00" });
    const credentials = new Credentials(users);
    const asked = Array.from({ length: 52 }, (_, i) => credentials.check("ada", String(i)).catch((error: unknown) => messageOf(error)));
    expect((await Promise.all(asked)).filter((answer) => answer === "Too many passwords wait to be checked. Try again.")).toHaveLength(2);
  });
});

describe("basic_auth.ini", () => {
  const ini = (more: string) =>
    `[mlflow]\ndefault_permission = EDIT\ndatabase_uri = sqlite:///a/users.db\nadmin_username = root\n${more}\n[other]\nadmin_username = x\n`;

  it("is read as MLflow reads it", () => {
    const read = { defaultPermission: "EDIT", database: "a/users.db", adminUsername: "root", adminPassword: "p = w" };
    expect(parseAuthConfig(ini("admin_password = p = w"), "f")).toEqual(read);
    expect(parseAuthConfig("", "f").database).toBeUndefined();
  });

  it.each(["database_uri = postgresql://x/y", "authorization_function = jwt_auth:authenticate_request", "default_permission = WRITE"])(
    "is refused with %s",
    async (line) => {
      const text = `[mlflow]\n${line}\n`;
      expect((await errorOf(() => parseAuthConfig(text, "basic_auth.ini"))).message).toContain(line.split(" = ")[1]);
    },
  );
});
