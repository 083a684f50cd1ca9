import type { Answer, JsonObject } from "./call.js";
import type { Loss, Spending } from "./spending.js";

/**
 * What of an answer one request has to pay for: nothing before a model is asked and nothing of what was kept; of an answer that several
 * requests wait for exactly one of them pays, who pays all of it.
 */
export class Fare {
  pays = false;
  /** Once it is there, also where this request did not wait for it. */
  answer: Answer | undefined;
  /** What has come of a stream that several requests read, whoever of them has read it. */
  events: readonly JsonObject[] | undefined;
  /** What was computed beside the answer, for all that wait for it. */
  spending: Spending | undefined;
  /** Books what was computed for nothing, so that as much as before may be computed again; false where there is no room for it. */
  readonly book: (losses: readonly Loss[]) => Promise<boolean>;

  constructor(book: (losses: readonly Loss[]) => Promise<boolean>) {
    this.book = book;
  }
}
