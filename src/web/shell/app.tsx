import { lazy, Suspense, useCallback, useState, type ReactElement } from "react";
import { RouterProvider } from "react-aria-components";
import { Route, Switch, useLocation } from "wouter";
import { preloadCharts } from "../charts/load-charts.js";
import { useChanges } from "../live/use-changes.js";
import { HomePage } from "../pages/home/home-page.js";
import { RunsPage } from "../pages/runs/runs-page.js";
import { ErrorBoundary } from "../parts/error-boundary.js";
import { Loading } from "../parts/states.js";
import { Toasts } from "../parts/toasts.js";
import { Navigation } from "./navigation.js";
import { Palette } from "./palette.js";

const ExperimentsPage = lazy(async () => ({ default: (await import("../pages/experiments/experiments-page.js")).ExperimentsPage }));
const RunPage = lazy(async () => ({ default: (await import("../pages/run/run-page.js")).RunPage }));
const StudyPage = lazy(async () => {
  preloadCharts();
  return { default: (await import("../pages/study/study-page.js")).StudyPage };
});
const ChartsPage = lazy(async () => {
  preloadCharts();
  return { default: (await import("../pages/charts/charts-page.js")).ChartsPage };
});
const ModelsPage = lazy(async () => ({ default: (await import("../pages/models/models-page.js")).ModelsPage }));
const ModelPage = lazy(async () => ({ default: (await import("../pages/models/model-page.js")).ModelPage }));
const ComparePage = lazy(async () => ({ default: (await import("../pages/compare/compare-page.js")).ComparePage }));
const AnswersPage = lazy(async () => ({ default: (await import("../pages/answers/answers-page.js")).AnswersPage }));
const TracesPage = lazy(async () => ({ default: (await import("../pages/traces/traces-page.js")).TracesPage }));
const TracePage = lazy(async () => ({ default: (await import("../pages/traces/trace-page.js")).TracePage }));
const PlaygroundPage = lazy(async () => ({ default: (await import("../pages/playground/playground-page.js")).PlaygroundPage }));
const MonitorPage = lazy(async () => ({ default: (await import("../pages/monitor/monitor-page.js")).MonitorPage }));

/** The application: its bar, the page of the address, the palette, and messages. */
export function App(): ReactElement {
  const live = useChanges();
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const openPalette = useCallback(() => setPaletteOpen(true), []);
  const [location, navigate] = useLocation();
  return (
    <RouterProvider navigate={navigate}>
      <Toasts>
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <div className="frame">
          <Navigation live={live} openPalette={openPalette} />
          <main id="main" tabIndex={-1}>
            <ErrorBoundary at={location}>
              <Suspense fallback={<Loading lines={8} />}>
                <Pages />
              </Suspense>
            </ErrorBoundary>
          </main>
        </div>
        <Palette isOpen={isPaletteOpen} onOpenChange={setPaletteOpen} />
      </Toasts>
    </RouterProvider>
  );
}

/** Addresses are like those of MLflow's own page, so that what clients print leads here. */
function Pages(): ReactElement {
  return (
    <Switch>
      <Route path="/">
        <HomePage />
      </Route>
      <Route path="/experiments">
        <ExperimentsPage />
      </Route>
      <Route path="/experiments/:id/runs/:run">{({ run }) => <RunPage key={run} runId={run} />}</Route>
      <Route path="/experiments/:id/charts">{({ id }) => <ChartsPage key={id} experimentId={id} />}</Route>
      <Route path="/experiments/:id">{({ id }) => <RunsPage key={id} experimentId={id} />}</Route>
      <Route path="/studies/:run">{({ run }) => <StudyPage key={run} runId={run} />}</Route>
      <Route path="/runs/:run">{({ run }) => <RunPage key={run} runId={run} />}</Route>
      <Route path="/answers">
        <AnswersPage />
      </Route>
      <Route path="/traces">
        <TracesPage />
      </Route>
      <Route path="/traces/:id">{({ id }) => <TracePage key={id} />}</Route>
      <Route path="/compare">
        <ComparePage />
      </Route>
      <Route path="/playground">
        <PlaygroundPage />
      </Route>
      <Route path="/monitor">
        <MonitorPage />
      </Route>
      <Route path="/models">
        <ModelsPage />
      </Route>
      <Route path="/models/:name/*?">{({ name }) => <ModelPage key={name} />}</Route>
      <Route>
        <div className="page">
          <h1>This page does not exist</h1>
          <p>The address may be misspelled. Ctrl+K finds pages, experiments, models, and runs.</p>
        </div>
      </Route>
    </Switch>
  );
}
