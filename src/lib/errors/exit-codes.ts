/** What the exit code of every command says. */
export const EXIT = {
  done: 0,
  /** A gate failed, or something is proven worse. */
  failed: 1,
  /** Wrong use: the input cannot be used. */
  usage: 2,
  /** Something outside is missing or broken, or too much failed. */
  broken: 3,
  /** The budget is spent. */
  budget: 4,
  /** The data cannot tell. */
  cannotTell: 5,
  /** A bug in llmops. */
  bug: 70,
  interrupted: 130,
} as const;
