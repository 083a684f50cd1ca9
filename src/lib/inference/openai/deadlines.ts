/** How long a request may take, in milliseconds. */
export interface Deadlines {
  /** The whole request. */
  totalMs: number;
  /** Until the first token. */
  firstTokenMs: number | undefined;
  /** Between two tokens. */
  stallMs: number | undefined;
  /** What to do when one of them passes, where it is not the server's own setting. */
  hint?: string;
}
