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

/** Every exit code in words, for help and documentation. */
export const EXIT_MEANINGS: Record<keyof typeof EXIT, string> = {
  done: "done, and every gate is met",
  failed: "a gate, requirement, indicator or objective is not met, something is proven worse, or there is drift",
  usage: "wrong use: flags, ranges, dataset or model file",
  broken: "something outside is missing or broken, too much failed, or nothing was scored",
  budget: "the budget was spent",
  cannotTell: "the data cannot tell: more samples would",
  bug: "a bug in llmops (run again with DEBUG=llmops), or the process ended before the command was done",
  interrupted: "interrupted",
};
