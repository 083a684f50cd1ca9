import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import type { ReportData } from "../../lib/base/pages/report-data.js";
import { answerBy } from "../api/client.js";
import { withoutPrototypes } from "../api/without-prototypes.js";
import { PlaceContext } from "../parts/place.js";
import { Toasts } from "../parts/toasts.js";
import "../styles/all.css";
import { filePlace, nowhere } from "./file-place.js";
import { recordedServer } from "./recorded-server.js";
import { ReportPage } from "./report-page.js";

/** The page that a command wrote: the components of the application, and the data that stands before this script. */
function start(): void {
  const root = document.getElementById("root");
  const data = withoutPrototypes(JSON.parse(document.getElementById("report")?.textContent ?? "null")) as ReportData;
  if (!root) return;
  answerBy(recordedServer(data.view));
  const queries = { retry: false, staleTime: Infinity, networkMode: "always" } as const;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries } })}>
        <PlaceContext value={filePlace()}>
          <Router hook={nowhere.hook}>
            <Toasts>
              <ReportPage data={data} />
            </Toasts>
          </Router>
        </PlaceContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}

start();
