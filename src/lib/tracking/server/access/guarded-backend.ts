import { belowProxied, PROXIED } from "../../artifact-uri.js";
import type { ArtifactStore } from "../../artifact-store.js";
import type { ModelRegistry } from "../../model-registry.js";
import type { StoreViews } from "../../store-views.js";
import type { LoggedModelStore, TraceStore, TrackingBackend } from "../../tracking-backend.js";
import type { GrantStore } from "../../users/grant-store.js";
import { collectPages } from "../../collect-pages.js";
import { LOCATION_TAG } from "../../mlflow-tags.js";
import { currentCaller, denied } from "./caller.js";
import { topFolderOf } from "./top-folder.js";
import { narrowedPage } from "./narrowed-pages.js";
import { withParts } from "./with-parts.js";

const PAGE = 1000;
/** No experiment has it: a search of none of them finds nothing, while one that names none is of all. */
const NO_EXPERIMENT = "-1";

/**
 * A store as it is for whoever asks at the time: searches give what the caller may read, and nothing of the rest, not even how much there
 * is; who makes an experiment or a registered model manages it. What is asked for by its id is guarded by the rule of the route.
 */
export function guardBackend(store: TrackingBackend, grants: GrantStore): TrackingBackend {
  return withParts(store, {
    createExperiment: async (experiment) => {
      const created = await store.createExperiment(experiment);
      grants.claim("experiment", created.experimentId, currentCaller().user.id);
      return created;
    },
    searchExperiments: (query) => {
      const isReadable = currentCaller().readableOf("experiment");
      if (!isReadable) return store.searchExperiments(query);
      return narrowedPage(
        (page) => store.searchExperiments(page),
        ({ experimentId }) => isReadable(experimentId),
        query,
      );
    },
    searchRuns: (query) => store.searchRuns({ ...query, experimentIds: readableOf(query.experimentIds) }),
    searchDatasets: (experimentIds) => store.searchDatasets(readableOf(experimentIds)),
    traces: guardTraces(store.traces),
    loggedModels: guardLoggedModels(store.loggedModels),
    registry: guardRegistry(store.registry, grants),
    views: guardViews(store),
    artifacts: guardArtifacts(store.artifacts),
  });
}

/** The top folders are those of experiments. Files of a run, or of another part of an experiment, are guarded by the rule of their route. */
function guardArtifacts(artifacts: ArtifactStore): ArtifactStore {
  return withParts(artifacts, {
    list: async (uri, path) => {
      const [caller, folder] = [currentCaller(), uri === PROXIED ? topFolderOf(path) : undefined];
      if (folder !== undefined && folder !== "") caller.require("experiment", folder, "READ");
      const files = await artifacts.list(uri, path);
      const isReadable = folder === "" ? caller.readableOf("experiment") : undefined;
      return isReadable ? files.filter((file) => isReadable(topFolderOf(file.path))) : files;
    },
  });
}

/** A trace that is there already is written over: that needs a permission where it is, and not only where it is said to be. */
function guardTraces(traces: TraceStore): TraceStore {
  const requireEdit = async (traceIds: readonly string[]) => {
    const caller = currentCaller();
    for (const { experimentId } of await traces.read([...new Set(traceIds)])) caller.require("experiment", experimentId, "EDIT");
  };
  return withParts(traces, {
    search: (experimentIds, query) => traces.search(readableOf(experimentIds), query),
    put: async (trace) => {
      requirePlace(trace.tags[LOCATION_TAG]);
      await requireEdit([trace.traceId]);
      return traces.put(trace);
    },
    end: async (traceId, end) => {
      requirePlace(end.tags[LOCATION_TAG]);
      return traces.end(traceId, end);
    },
    setTag: async (traceId, key, value) => {
      if (key === LOCATION_TAG) requirePlace(value);
      return traces.setTag(traceId, key, value);
    },
    logSpans: async (experimentId, spans) => {
      await requireEdit(spans.map(({ traceId }) => traceId));
      return traces.logSpans(experimentId, spans);
    },
  });
}

/** The tag by which the spans of a trace are found may not lead to those of an experiment that the caller cannot read. */
function requirePlace(uri: string | undefined): void {
  if (uri === undefined) return;
  const [caller, below] = [currentCaller(), belowProxied(uri)];
  if (below !== undefined) caller.require("experiment", topFolderOf(below), "READ");
  else if (!caller.user.isAdmin) throw denied(`${caller.name} is not an admin, and may not name a place outside of ${PROXIED}.`);
}

function guardLoggedModels(models: LoggedModelStore): LoggedModelStore {
  return withParts(models, { search: (query) => models.search({ ...query, experimentIds: readableOf(query.experimentIds) }) });
}

function guardRegistry(registry: ModelRegistry, grants: GrantStore): ModelRegistry {
  return withParts(registry, {
    createModel: async (model) => {
      const created = await registry.createModel(model);
      grants.claim("model", created.name, currentCaller().user.id);
      return created;
    },
    renameModel: async (name, newName) => {
      const renamed = await registry.renameModel(name, newName);
      grants.rename("model", name, newName);
      return renamed;
    },
    deleteModel: async (name) => {
      await registry.deleteModel(name);
      grants.forget("model", name);
    },
    searchModels: (query) => {
      const isReadable = currentCaller().readableOf("model");
      return isReadable
        ? narrowedPage(
            (page) => registry.searchModels(page),
            ({ name }) => isReadable(name),
            query,
          )
        : registry.searchModels(query);
    },
    searchVersions: (query) => {
      const isReadable = currentCaller().readableOf("model");
      return isReadable
        ? narrowedPage(
            (page) => registry.searchVersions(page),
            ({ name }) => isReadable(name),
            query,
          )
        : registry.searchVersions(query);
    },
  });
}

function guardViews(store: TrackingBackend): StoreViews {
  const { views } = store;
  const narrowed = async <Query extends { experimentIds: readonly string[] }>(query: Query): Promise<Query> => {
    if (query.experimentIds.length > 0) return { ...query, experimentIds: readableOf(query.experimentIds) };
    const isReadable = currentCaller().readableOf("experiment");
    if (!isReadable) return query;
    const active = await collectPages((pageToken) => store.searchExperiments({ maxResults: PAGE, pageToken }));
    const ids = active.map(({ experimentId }) => experimentId).filter(isReadable);
    return { ...query, experimentIds: ids.length > 0 ? ids : [NO_EXPERIMENT] };
  };
  return withParts(views, {
    queryRuns: async (query) => views.queryRuns(await narrowed(query)),
    describeColumns: async (scope) => views.describeColumns(await narrowed(scope)),
    queryGroups: async (query) => views.queryGroups(await narrowed(query)),
    queryTraces: async (query) => views.queryTraces(await narrowed(query)),
  });
}

/** Those that the caller may read. */
function readableOf(experimentIds: readonly string[]): string[] {
  const isReadable = currentCaller().readableOf("experiment");
  const readable = isReadable ? experimentIds.filter((id) => isReadable(id)) : [...experimentIds];
  return readable.length === 0 && experimentIds.length > 0 ? [NO_EXPERIMENT] : readable;
}
