/** A regular expression that is wrong, or has what no automaton can hold: the message says what. */
export class UnreadableRegex extends Error {}
