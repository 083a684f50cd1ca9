import { createHmac, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { MlflowError } from "../mlflow-error.js";
import { hashPassword, isPasswordOf } from "./password-hash.js";
import type { User } from "./user-records.js";
import type { UserStore } from "./user-store.js";

const MOST_KNOWN = 1000;
/** Passwords that wait for their turn; each takes some 60 ms. */
const MOST_WAITING = 50;

/**
 * Checks passwords. Hashing one takes long on purpose, so those that were right are known again for as long as their hash is the same: by a
 * digest under a key that only this process has. The others are hashed one at a time, which also bounds how fast they can be guessed.
 */
export class Credentials {
  private readonly users: UserStore;
  private readonly key = randomBytes(32);
  /** What a password was found to be right for. */
  private readonly known = new LRUCache<string, string>({ max: MOST_KNOWN });
  private readonly checking = new Map<string, Promise<boolean>>();
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  /** Of nobody: an unknown name takes as long as a wrong password. */
  private decoy: string | undefined;

  constructor(users: UserStore) {
    this.users = users;
  }

  /** The user whose password it is. Throws RESOURCE_EXHAUSTED where too many passwords wait to be checked. */
  async check(username: string, password: string): Promise<User | undefined> {
    const hash = this.users.passwordHash(username);
    const digest = createHmac("sha256", this.key).update(`${username}\0${password}`).digest("base64");
    if (typeof hash === "string" && this.known.get(digest) === hash) return this.users.find(username);
    const isRight = await this.together(`${digest} ${hash}`, () => this.compare(hash ?? undefined, password));
    if (!isRight || typeof hash !== "string") return undefined;
    this.known.set(digest, hash);
    return this.users.find(username);
  }

  /** Requests of one program that come at once are one question. */
  private async together(question: string, ask: () => Promise<boolean>): Promise<boolean> {
    const under = this.checking.get(question);
    if (under) return under;
    const asked = this.inTurn(ask).finally(() => this.checking.delete(question));
    this.checking.set(question, asked);
    return asked;
  }

  private async inTurn(work: () => Promise<boolean>): Promise<boolean> {
    if (this.waiting >= MOST_WAITING) throw new MlflowError("RESOURCE_EXHAUSTED", "Too many passwords wait to be checked. Try again.");
    this.waiting++;
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine.finally(() => void this.waiting--);
  }

  private async compare(hash: string | undefined, password: string): Promise<boolean> {
    if (hash !== undefined) return isPasswordOf(hash, password);
    this.decoy ??= await hashPassword(randomBytes(16).toString("hex"));
    await isPasswordOf(this.decoy, password);
    return false;
  }
}
