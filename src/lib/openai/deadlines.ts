/** How long a request may take, in milliseconds. */
export interface Deadlines {
  /** The whole request. */
  totalMs: number;
  /** Until the first token. */
  firstTokenMs: number | undefined;
  /** Between two tokens. */
  stallMs: number | undefined;
}
