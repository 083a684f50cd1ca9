import type { Observation } from "../operations/monitor/monitor.js";

const KEPT = 120;
const LAST_ERRORS = 3;

/** The newest observations of a server, for a picture that is drawn again and again. */
export class ServerHistory {
  readonly observations: Observation[] = [];
  readonly errors: { time: number; text: string }[] = [];

  add(observation: Observation): void {
    this.observations.push(observation);
    this.observations.splice(0, Math.max(0, this.observations.length - KEPT));
    this.errors.push(...observation.errors.map((text) => ({ time: observation.time, text })));
    this.errors.splice(0, Math.max(0, this.errors.length - LAST_ERRORS));
  }
}
