import { readdirSync, readFileSync } from "node:fs";

/** What a process takes at a moment. */
interface Reading {
  at: number;
  residentMb: number;
  openFiles: number;
}

/** True where the system tells what processes take. */
export const canMeasure = process.platform === "linux";

/** What one life of a process takes, from its readings in the order they were made. */
export class Gauge {
  readonly name: string;
  private readonly pid: number;
  private readonly readings: Reading[] = [];

  constructor(name: string, pid: number) {
    this.name = name;
    this.pid = pid;
  }

  read(): void {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const residentMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    this.readings.push({ at: performance.now(), residentMb, openFiles: readdirSync(`/proc/${this.pid}/fd`).length });
  }

  /** The mean of the first and of the last third. */
  thirds(of: "residentMb" | "openFiles"): { first: number; last: number } {
    const third = Math.max(1, Math.floor(this.readings.length / 3));
    const mean = (some: readonly Reading[]) => some.reduce((sum, one) => sum + one[of], 0) / some.length;
    return { first: mean(this.readings.slice(0, third)), last: mean(this.readings.slice(-third)) };
  }
}
