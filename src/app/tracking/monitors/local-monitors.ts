import { z } from "zod";
import { alertEventSchema } from "../../../lib/operations/monitor/alert-book.js";
import { ALERTS_ARTIFACT } from "../../../lib/operations/monitor/monitor-recorder.js";
import { MONITOR_TAG, monitorStatusSchema, STATUS_ARTIFACT } from "../../../lib/operations/monitor/monitor-status.js";
import { findRuns } from "../../../lib/tracking/wire/views.js";
import type { CanaryRound, FiringAlert, StoreMonitors } from "../../../lib/tracking/server/monitors.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { canaryDocumentSchema } from "../../monitoring/canary.js";
import { CANARY_ARTIFACT, CANARY_TAGS } from "../../monitoring/record-round.js";
import { canaryAlerts, serverAlerts } from "./firing-alerts.js";
import { readDocument } from "./read-document.js";
import { watchState, type ReadServer, type WatchRun } from "./watch-state.js";

const MOST_SERVERS = 50;
const MOST_ROUNDS = 100;
const DAY_MS = 86_400_000;
const HAS_MONITOR = `tags.\`${MONITOR_TAG}\` LIKE '%'`;
const HAS_CANARY = `tags.\`${CANARY_TAGS.state}\` LIKE '%'`;
const STATUS = { path: STATUS_ARTIFACT, schema: monitorStatusSchema };
const EVENTS = { path: ALERTS_ARTIFACT, schema: z.array(alertEventSchema) };
const ROUND = { path: CANARY_ARTIFACT, schema: canaryDocumentSchema };

/** What monitors have recorded in a store of this machine, from whatever machine they did. */
export class LocalMonitors implements StoreMonitors {
  private readonly store: TrackingBackend;

  constructor(store: TrackingBackend) {
    this.store = store;
  }

  async servers(): Promise<ReadServer[]> {
    const running = await this.runs(`${HAS_MONITOR} AND attributes.status = 'RUNNING'`, MOST_SERVERS);
    const ended = await this.runs(`${HAS_MONITOR} AND attributes.status != 'RUNNING'`, MOST_SERVERS);
    return this.read([...running, ...ended].slice(0, MOST_SERVERS));
  }

  async events(runId: string): Promise<object[]> {
    await this.store.getRunInfo(runId);
    return (await readDocument(this.store, runId, EVENTS)) ?? [];
  }

  async canaries(): Promise<CanaryRound[]> {
    const rounds = await Promise.all(
      (await this.runs(HAS_CANARY, MOST_ROUNDS)).map(async ({ runId, experimentId, tags }) => {
        const document = await readDocument(this.store, runId, ROUND);
        return document ? [{ runId, experimentId, verdict: tags["llmops.verdict"] ?? "", document }] : [];
      }),
    );
    return rounds.flat();
  }

  async firing(): Promise<FiringAlert[]> {
    const now = Date.now();
    const running = await this.runs(`${HAS_MONITOR} AND attributes.status = 'RUNNING'`, MOST_SERVERS);
    const recent = await this.runs(`${HAS_MONITOR} AND metrics.firing_alerts > 0 AND attributes.end_time > ${now - DAY_MS}`, MOST_SERVERS);
    const servers = await this.read([...running, ...recent.filter(({ status }) => status !== "RUNNING")]);
    const alerts = [
      ...servers.flatMap((server) => serverAlerts(server, now)),
      ...canaryAlerts(await this.runs(HAS_CANARY, MOST_ROUNDS), now),
    ];
    const rank = ({ severity }: FiringAlert) => (severity === "critical" ? 0 : 1);
    return alerts.sort((a, b) => rank(a) - rank(b) || b.since - a.since);
  }

  private async runs(filter: string, limit: number): Promise<WatchRun[]> {
    const order = ["attributes.start_time DESC"];
    const query = { experimentIds: [], filter, parent: "roots", offset: 0, limit, metrics: "last", orderBy: order } as const;
    const { runs } = await findRuns(this.store.views, query);
    return runs.map(({ run_id: runId, run_name: runName, experiment_id: experimentId, start_time: startTime, status, tags, ...run }) => ({
      ...{ runId, runName, experimentId, startTime, endTime: run.end_time, status, tags },
    }));
  }

  private async read(runs: readonly WatchRun[]): Promise<ReadServer[]> {
    const now = Date.now();
    return Promise.all(
      runs.map(async (run) => {
        const { runId, runName, experimentId, tags } = run;
        const document = await readDocument(this.store, runId, STATUS);
        return {
          ...{ runId, runName, experimentId, target: document?.target ?? tags[MONITOR_TAG] ?? "", document: document ?? null },
          ...{ state: watchState(run, document, now), seen: document?.ended_at ?? document?.time ?? null },
        };
      }),
    );
  }
}
