import type { FastifyRequest } from "fastify";
import { Credentials } from "../../users/credentials.js";
import { GrantStore } from "../../users/grant-store.js";
import type { Permission } from "../../users/permissions.js";
import { TokenStore } from "../../users/token-store.js";
import type { User } from "../../users/user-records.js";
import { UserStore } from "../../users/user-store.js";
import type { UsersDatabase } from "../../users/users-database.js";
import type { AuditEntry } from "./audit.js";
import { Caller, type SignedInBy } from "./caller.js";

/** A proxy that signs people in, and says who they are in a header. */
export interface TrustedProxy {
  header: string;
  /** Whether a request comes from it, by the address at the other end of the connection. */
  isTrusted(address: string | undefined): boolean;
}

export interface UserAccessOptions {
  /** What everybody may do with what was not granted to them. */
  defaultPermission: Permission;
  proxy?: TrustedProxy | undefined;
  /** Gets each change, and each that was refused. */
  audit?: ((entry: AuditEntry) => void) | undefined;
}

/** The users of a server: who they are, and what they may do. */
export class UserAccess {
  readonly users: UserStore;
  readonly grants: GrantStore;
  readonly tokens: TokenStore;
  readonly audit: ((entry: AuditEntry) => void) | undefined;
  private readonly credentials: Credentials;
  private readonly options: UserAccessOptions;

  constructor(db: UsersDatabase, options: UserAccessOptions) {
    this.users = new UserStore(db);
    this.grants = new GrantStore(db, this.users);
    this.tokens = new TokenStore(db, this.users);
    this.credentials = new Credentials(this.users);
    this.audit = options.audit;
    this.options = options;
  }

  /** Who sends a request: by a proxy that is trusted, a token, or a name with its password. Undefined for nobody that is known. */
  async identify({ headers, socket }: Pick<FastifyRequest, "headers" | "socket">): Promise<Caller | undefined> {
    const proxied = this.named(headers, socket.remoteAddress);
    if (proxied) return this.callerFor(proxied, "proxy");
    const [, scheme = "", sent = ""] = /^(\S+)\s+(.+)$/.exec(headers.authorization ?? "") ?? [];
    if (scheme.toLowerCase() === "bearer") return this.callerFor(this.tokens.ownerOf(sent), "token");
    if (scheme.toLowerCase() !== "basic") return undefined;
    const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(sent, "base64").toString("utf8")) ?? [];
    if (username === undefined || password === undefined) return undefined;
    return this.callerFor(await this.credentials.check(username, password), "password");
  }

  /** A caller as the user is now; undefined once the user was deleted. */
  again({ name, by }: Caller): Caller | undefined {
    return this.callerFor(this.users.find(name), by);
  }

  private callerFor(user: User | undefined, by: SignedInBy): Caller | undefined {
    return user && new Caller(user, { by, grants: this.grants, fallback: this.options.defaultPermission });
  }

  /** Whom a trusted proxy names. Somebody new is made a user, who has no password here. */
  private named(headers: FastifyRequest["headers"], address: string | undefined): User | undefined {
    const { proxy } = this.options;
    const username = proxy?.isTrusted(address) ? headers[proxy.header.toLowerCase()] : undefined;
    if (typeof username !== "string" || username === "") return undefined;
    return this.users.find(username) ?? this.users.create({ username, passwordHash: null });
  }
}
