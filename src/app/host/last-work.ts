import { setTimeout as sleep } from "node:timers/promises";

/** What is being recorded when the process has to end, so that it does not look as if it continued. */
export interface LastWork {
  /** Ends what is recorded; at once, for there may be no time for more. */
  seal: (status: "FAILED" | "KILLED") => void;
  /** Sends it where it belongs. */
  send: () => Promise<unknown>;
}

const lastWork = new Set<LastWork>();
const SEND_MS = 5000;

/** Registers what is to be recorded when the process has to end before its work is done; gives what to call when that is over. */
export function beforeCrash(work: LastWork): () => void {
  lastWork.add(work);
  return () => void lastWork.delete(work);
}

/** Ends all that is being recorded, at once. */
export function sealLastWork(status: "FAILED" | "KILLED"): void {
  for (const { seal } of lastWork) seal(status);
}

/** Ends all that is being recorded as failed, and sends it: within five seconds. */
export async function sendLastWork(): Promise<void> {
  sealLastWork("FAILED");
  const sent = Promise.allSettled([...lastWork].map(({ send }) => send()));
  await Promise.race([sent, sleep(SEND_MS)]);
}
