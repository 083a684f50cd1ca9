import { describe, expect, it } from "vitest";
import type { NewAssessment, NewTrace } from "../../src/lib/tracking/trace-records.js";
import type { TraceRowsQuery } from "../../src/lib/tracking/trace-views.js";
import { tracesIn } from "../helpers/view-documents.js";
import { errorCodeOf, type OpenedBackend } from "./opened-backend.js";

const HOSTILE = "a'b\"c`%_\\<script>\u202e__proto__ 漢字 🙂";

/** What every store shows people of traces, reached directly and through a server. */
export function traceViewsContract(opened: () => OpenedBackend): void {
  let count = 0;
  const newExperiment = async () => (await opened().store.createExperiment({ name: `traced-${++count}` })).experimentId;
  const put = (experimentId: string, more: Partial<NewTrace> = {}) =>
    opened().served.traces.put({
      ...{ traceId: `tr-view-${++count}`, experimentId, requestTimeMs: 1000 + count, durationMs: 20, state: "OK", clientRequestId: null },
      ...{ requestPreview: "question", responsePreview: "answer", metadata: {}, tags: {} },
      ...more,
    });
  const query = async (more: Partial<TraceRowsQuery>) =>
    tracesIn(await opened().served.views.queryTraces({ experimentIds: [], offset: 0, limit: 100, ...more }));
  const say = (traceId: string, more: Partial<NewAssessment> = {}) =>
    opened().served.traces.createAssessment({
      ...{ traceId, name: "quality", kind: "feedback", value: 0.5, error: null, sourceType: "HUMAN", sourceId: "me" },
      ...{ runId: null, spanId: null, rationale: null, overrides: null, metadata: null },
      ...more,
    });

  describe("rows of traces", () => {
    it("have what was asked and answered, the runs they belong to, and what is said of them now", async () => {
      const experimentId = await newExperiment();
      const [made, linked] = [1, 2].map((startTime) => opened().store.createRun({ experimentId, startTime }));
      const runIds = [(await made!).runId, (await linked!).runId];
      const tags = { "mlflow.traceName": HOSTILE };
      const metadata = { "mlflow.sourceRun": runIds[0]!, big: "x".repeat(5000) };
      const { traceId } = await put(experimentId, { requestPreview: HOSTILE, tags, metadata, durationMs: null, state: "IN_PROGRESS" });
      await opened().served.traces.linkToRun([traceId], runIds[1]!);
      const first = await say(traceId);
      await say(traceId, { value: true, overrides: first.assessmentId });
      const { total, states, rows } = await query({ experimentIds: [experimentId] });
      expect([total, states]).toEqual([1, { IN_PROGRESS: 1 }]);
      expect(rows).toEqual([
        {
          ...{ traceId, experimentId, name: HOSTILE, state: "IN_PROGRESS", requestTimeMs: 1000 + count, durationMs: null, runIds },
          ...{ requestPreview: HOSTILE, responsePreview: "answer" },
          assessments: [{ name: "quality", kind: "feedback", value: true, error: null, sourceType: "HUMAN" }],
        },
      ]);
    });

    it("come newest first or as ordered, a part at a time, with the number of all and how they ended", async () => {
      const experimentId = await newExperiment();
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) ids.push((await put(experimentId, { state: i % 3 ? "OK" : "ERROR", durationMs: (i * 5) % 7 })).traceId);
      const part = async (more: Partial<TraceRowsQuery>) => {
        const { total, states, rows } = await query({ experimentIds: [experimentId], ...more });
        return [total, states, rows.map(({ traceId }) => ids.indexOf(traceId))];
      };
      const states = { OK: 4, ERROR: 3 };
      expect(await part({ offset: 2, limit: 3 })).toEqual([7, states, [4, 3, 2]]);
      expect(await part({ orderBy: ["execution_time_ms ASC"] })).toEqual([7, states, [0, 3, 6, 2, 5, 1, 4]]);
      expect(await part({ filter: "status = 'ERROR'" })).toEqual([3, { ERROR: 3 }, [6, 3, 0]]);
      expect(await part({ offset: 20 })).toEqual([7, states, []]);
    });

    it("are found by the words of what was asked, answered, tagged, or said, and by their run", async () => {
      const experimentId = await newExperiment();
      const { runId } = await opened().store.createRun({ experimentId, startTime: 1 });
      const asked = await put(experimentId, { requestPreview: `Grüße ${HOSTILE}` });
      const tagged = await put(experimentId, { tags: { team: "Evaluation" } });
      const said = await put(experimentId, { metadata: { "mlflow.sourceRun": runId } });
      await say(said.traceId, { rationale: "off TOPIC" });
      const idsOf = async (more: Partial<TraceRowsQuery>) =>
        (await query({ experimentIds: [experimentId], ...more })).rows.map(({ traceId }) => traceId);
      expect(await idsOf({ words: "GRÜSSE" })).toEqual([]);
      expect(await idsOf({ words: "GRÜßE script" })).toEqual([asked.traceId]);
      expect(await idsOf({ words: "%_" })).toEqual([asked.traceId]);
      expect(await idsOf({ words: "evaluation" })).toEqual([tagged.traceId]);
      expect(await idsOf({ words: "topic off" })).toEqual([said.traceId]);
      expect(await idsOf({ words: said.traceId })).toEqual([said.traceId]);
      expect(await idsOf({ runId })).toEqual([said.traceId]);
      expect(await idsOf({ runId: HOSTILE })).toEqual([]);
    });

    it("are of all active experiments where none is named; what cannot be meant is refused", async () => {
      const [kept, deleted] = [await newExperiment(), await newExperiment()];
      const mark = `mark-${count}`;
      const { traceId } = await put(kept, { requestPreview: mark });
      await put(deleted, { requestPreview: mark });
      await opened().store.deleteExperiment(deleted);
      expect((await query({ words: mark })).rows.map((row) => row.traceId)).toEqual([traceId]);
      for (const wrong of [{ limit: 0 }, { limit: 201 }, { offset: -1 }, { filter: "nonsense" }, { orderBy: ["name SIDEWAYS"] }])
        expect(await errorCodeOf(query(wrong))).toBe("INVALID_PARAMETER_VALUE");
    });
  });
}
