import { randomUUID } from "node:crypto";
import { uptime } from "node:os";
import { bootId } from "../../base/files/process-identity.js";

/** A moment by a clock nobody sets, and by the time of day for whom that clock does not reach. */
export interface Moment {
  /** The start of the machine `at` counts from. */
  boot: string;
  /** Milliseconds the machine has been up. */
  at: number;
  /** The time of day, in milliseconds since 1970. */
  wall: number;
}

/** Now. All processes of a machine share this clock until it is started again. */
export function bootMoment(): Moment {
  return { boot: (boot ??= (bootId() ?? randomUUID()).slice(0, 13)), at: Math.round(uptime() * 1000), wall: Date.now() };
}

// elsewhere than on Linux no two processes can know that they count from the same start
let boot: string | undefined;
