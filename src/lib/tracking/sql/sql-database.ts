import type { Connection } from "./connection.js";

/** A database that holds a store, and whoever works with it. */
export interface SqlDatabase {
  /** The tracking URI it is named by, without a password. */
  readonly uri: string;

  /** Does work with a connection that nobody else uses meanwhile. Throws what the work throws. */
  use<T>(work: (db: Connection) => Promise<T>): Promise<T>;

  /** What tells the database from every other one; undefined where it is not at its place any more. */
  identity(): string | undefined;
  /** Differs after every write of other processes; with `own`, of this one too. */
  version(which: { own: boolean }): Promise<string>;
  /** Throws STORE_UNWRITABLE where what was written is gone since. */
  confirm(): Promise<void>;
  /** Ends its connections, after the work that is begun. */
  close(): Promise<void>;
}
