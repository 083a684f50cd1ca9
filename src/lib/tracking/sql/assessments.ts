import { randomUUID } from "node:crypto";
import { checkLength, LIMITS, missingValue } from "../limits.js";
import { missing } from "../mlflow-error.js";
import type { Assessment, AssessmentUpdate, NewAssessment } from "../trace-records.js";
import { lockRow, type Connection } from "./connection.js";
import { IN_LIST, inList } from "./keyed-values.js";

interface AssessmentRow {
  assessment_id: string;
  trace_id: string;
  name: string;
  assessment_type: Assessment["kind"];
  value: string;
  error: string | null;
  created_timestamp: number;
  last_updated_timestamp: number;
  source_type: string;
  source_id: string | null;
  run_id: string | null;
  span_id: string | null;
  rationale: string | null;
  overrides: string | null;
  valid: number;
  assessment_metadata: string | null;
}

/** The assessments of traces of a store. */
export class Assessments {
  private readonly db: Connection;

  constructor(db: Connection) {
    this.db = db;
  }

  /** Adds an assessment; one that overrides another makes that one invalid. */
  async create(assessment: NewAssessment): Promise<Assessment> {
    if (assessment.name === "") throw missingValue("assessment.assessment_name");
    checkLength("assessment_name", assessment.name, LIMITS.key);
    const id = `a-${randomUUID().replaceAll("-", "")}`;
    const now = Date.now();
    const runId = assessment.runId ?? assessment.metadata?.["mlflow.assessment.sourceRunId"] ?? null;
    await this.db.transaction(async () => {
      await requireTrace(this.db, assessment.traceId);
      if (assessment.overrides !== null) {
        const sql = "UPDATE assessments SET valid = FALSE WHERE assessment_id = ? AND trace_id = ?";
        if ((await this.db.run(sql, assessment.overrides, assessment.traceId)) === 0)
          throw notFound(assessment.traceId, assessment.overrides);
      }
      await this.db.run(
        "INSERT INTO assessments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, TRUE, ?)",
        ...[
          id,
          assessment.traceId,
          assessment.name,
          assessment.kind,
          toJson(assessment.value) ?? "null",
          toJson(assessment.error),
          assessment.createTimeMs || now,
          assessment.lastUpdateTimeMs || now,
        ],
        ...[assessment.sourceType, assessment.sourceId, runId, assessment.spanId, assessment.rationale, assessment.overrides],
        toJson(assessment.metadata),
      );
    });
    return this.get(assessment.traceId, id);
  }

  async get(traceId: string, assessmentId: string): Promise<Assessment> {
    const row = await this.db.get<AssessmentRow>(
      "SELECT * FROM assessments WHERE trace_id = ? AND assessment_id = ?",
      traceId,
      assessmentId,
    );
    if (!row) throw notFound(traceId, assessmentId);
    return toAssessment(row);
  }

  /** Metadata is added to what there is. */
  async update(traceId: string, assessmentId: string, update: AssessmentUpdate): Promise<Assessment> {
    return this.db.transaction(async () => {
      await lockRow(this.db, "assessments", "assessment_id", assessmentId);
      const before = await this.get(traceId, assessmentId);
      const { name, value, error, rationale, valid } = { ...before, ...update };
      const metadata = before.metadata || update.metadata ? { ...before.metadata, ...update.metadata } : null;
      await this.db.run(
        `UPDATE assessments SET name = ?, value = ?, error = ?, rationale = ?, assessment_metadata = ?, valid = ?, last_updated_timestamp = ?
         WHERE assessment_id = ?`,
        ...[name, toJson(value) ?? "null", toJson(error), rationale, toJson(metadata), valid ? 1 : 0, Date.now(), assessmentId],
      );
      return this.get(traceId, assessmentId);
    });
  }

  /** Deletes an assessment; what it overrode is valid again. */
  async delete(traceId: string, assessmentId: string): Promise<void> {
    await this.db.transaction(async () => {
      const { overrides } = await this.get(traceId, assessmentId);
      if (overrides !== null) await this.db.run("UPDATE assessments SET valid = TRUE WHERE assessment_id = ?", overrides);
      await this.db.run("DELETE FROM assessments WHERE assessment_id = ?", assessmentId);
    });
  }

  /** The assessments of each of the traces, oldest first. */
  async ofTraces(traceIds: readonly string[]): Promise<Map<string, Assessment[]>> {
    const found = new Map<string, Assessment[]>(traceIds.map((id) => [id, []]));
    const sql = `SELECT * FROM assessments WHERE trace_id IN ${IN_LIST} ORDER BY created_timestamp, rowid`;
    for (const row of await this.db.all<AssessmentRow>(sql, inList(traceIds))) found.get(row.trace_id)?.push(toAssessment(row));
    return found;
  }
}

/** Throws RESOURCE_DOES_NOT_EXIST for a trace that is not there. */
export async function requireTrace(db: Connection, traceId: string): Promise<void> {
  if (!(await db.get("SELECT 1 FROM trace_info WHERE request_id = ?", traceId))) throw missing(`Trace with ID '${traceId}' not found.`);
}

function notFound(traceId: string, assessmentId: string): Error {
  return missing(`Assessment with ID '${assessmentId}' not found for trace '${traceId}'`);
}

function toAssessment(row: AssessmentRow): Assessment {
  return {
    assessmentId: row.assessment_id,
    traceId: row.trace_id,
    name: row.name,
    kind: row.assessment_type,
    value: JSON.parse(row.value),
    error: row.error === null ? null : JSON.parse(row.error),
    createTimeMs: row.created_timestamp,
    lastUpdateTimeMs: row.last_updated_timestamp,
    sourceType: row.source_type,
    sourceId: row.source_id ?? "",
    runId: row.run_id,
    spanId: row.span_id,
    rationale: row.rationale,
    overrides: row.overrides,
    valid: row.valid === 1,
    metadata: row.assessment_metadata === null ? null : (JSON.parse(row.assessment_metadata) as Record<string, string>),
  };
}

function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
