import type { FastifyInstance } from "fastify";
import { parseExactJson } from "../../base/slices/exact-json.js";
import { invalid } from "../mlflow-error.js";
import { ArtifactTables } from "../tables/artifact-tables.js";
import { TableFiles } from "../tables/table-files.js";
import { OPERATORS, type CellCondition } from "../tables/table.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { addRoutes, type Routes } from "./api.js";
import { served } from "./artifact-list.js";
import { TABLE_DESCRIPTIONS } from "./descriptions/views.js";
import { Fields, isObject } from "./fields.js";
import { runId } from "./run-routes.js";

const PAGE_ROWS = 100;

/** Adds the tables in the files of runs, a part at a time. */
export function addTables(app: FastifyInstance, backend: TrackingBackend): void {
  const tables = new ArtifactTables();
  const files = new TableFiles();
  app.addHook("onClose", async () => {
    await tables.close();
    await files.close();
  });
  addRoutes(app, tableRoutes(backend, { tables, files }), TABLE_DESCRIPTIONS);
}

function tableRoutes(backend: TrackingBackend, { tables, files }: { tables: ArtifactTables; files: TableFiles }): Routes {
  const { artifacts } = backend;
  return {
    "GET llmops/1/artifacts/table": async (fields) => {
      const uri = served(artifacts, (await backend.getRunInfo(runId(fields))).artifactUri);
      const path = fields.requiredText("path");
      const [offset, limit] = [fields.integer("offset") ?? 0, fields.integer("limit") ?? PAGE_ROWS];
      const query = { offset, limit, sort: fields.text("sort"), filter: fields.text("filter"), where: conditionsIn(fields.text("where")) };
      const { brokenLine, ...page } = await tables.query(await files.placeOf(artifacts, uri, path), query);
      return { ...page, broken_line: brokenLine };
    },
  };
}

function conditionsIn(written = "[]"): CellCondition[] {
  let list: unknown;
  try {
    list = parseExactJson(written);
  } catch {
    throw invalid(`Invalid value ${written.slice(0, 100)} for parameter 'where' supplied: it is not JSON.`);
  }
  return new Fields({ where: list }).list("where").map((condition) => {
    const op = condition.choice("op", OPERATORS);
    const value = condition.json("value");
    if (op === undefined || value === undefined || isObject(value) || Array.isArray(value))
      throw invalid("A condition of 'where' has a column, an op, and a value that is a text, a number, or true or false.");
    return { column: condition.requiredText("column"), op, value: value as CellCondition["value"] };
  });
}
