import { z } from "zod";
import type { Pace, PaceWatch } from "./pace.js";

export const rateLimitDocumentSchema = z.object({
  endpoint: z.string(),
  refused: z.number().describe("Requests refused for the rate; they were asked again."),
  waited_seconds: z.number().describe("Time in which nothing was asked."),
  lowest_concurrency: z.number().describe("Fewest requests at a time."),
});

/** What the limits of an endpoint's rate did to the requests of a study. */
export type RateLimitDocument = z.infer<typeof rateLimitDocumentSchema>;

/** Counts how often the endpoints of a study refused requests for their rate, from the moment each is first asked. */
export class RateWatch {
  private readonly watches = new Map<string, PaceWatch>();

  /** Watches an endpoint, once however often it is opened. */
  add(location: string, pace: Pace): void {
    if (!this.watches.has(location)) this.watches.set(location, pace.watch());
  }

  /** The endpoints that refused anything. */
  documents(): RateLimitDocument[] {
    return [...this.watches].flatMap(([endpoint, { report }]) =>
      report.refused === 0
        ? []
        : [
            {
              endpoint,
              refused: report.refused,
              waited_seconds: Math.round(report.pausedMs / 100) / 10,
              lowest_concurrency: report.lowest ?? 1,
            },
          ],
    );
  }

  /** Stops counting. */
  close(): void {
    for (const watch of this.watches.values()) watch.close();
  }
}

/** The member of a result's `study` that tells of rate limits; none where nothing was refused. */
export function rateLimitsOf(rates: RateWatch | undefined): { rate_limits?: RateLimitDocument[] } {
  const documents = rates?.documents() ?? [];
  return documents.length === 0 ? {} : { rate_limits: documents };
}
