import type { ReportView } from "../../lib/base/pages/report-data.js";
import { MLFLOW, OWN, type Transport } from "../api/client.js";
import { recordedSeries } from "./recorded-monitor.js";
import { recordedCurves, recordedRuns } from "./recorded-runs.js";
import { recordedComparison } from "./recorded-comparison.js";
import { recordedAnswers } from "./recorded-answers.js";

/** Fields are as the parts of the page send them. */
type Routes = Readonly<Record<string, (fields: never) => object>>;

/** Answers requests of the page's parts from what is in the file; there is no server. */
export function recordedServer(view: ReportView): Transport {
  const routes = routesOf(view);
  return (path, { body }) => {
    const [place = "", query = ""] = path.split("?");
    const route = Object.hasOwn(routes, place) ? routes[place] : undefined;
    if (!route) return Promise.resolve(new Response("This is not in the file.", { status: 404 }));
    const fields: unknown = typeof body === "string" ? JSON.parse(body) : fieldsOf(new URLSearchParams(query));
    return Promise.resolve(Response.json(route(fields as never)));
  };
}

/** Names that come again have lists. */
function fieldsOf(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function routesOf(view: ReportView): Routes {
  if (view.kind === "study" && view.answers) {
    return { [`${OWN}/answers/query`]: recordedAnswers(view.answers) };
  }
  if (view.kind === "comparison") return { [`${OWN}/runs/compare`]: recordedComparison(view) };
  if (view.kind === "monitor") {
    return { [`${OWN}/metrics/series`]: recordedSeries(view), [`${OWN}/monitors/events`]: () => ({ events: view.events }) };
  }
  if (view.kind === "runs") {
    return { [`${OWN}/runs/query`]: recordedRuns(view), [`${MLFLOW}/metrics/get-history-bulk-interval`]: recordedCurves(view) };
  }
  return {};
}
