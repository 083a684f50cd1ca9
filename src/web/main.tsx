import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { ApiError } from "./api/client.js";
import { App } from "./shell/app.js";
import "./styles/all.css";

const MOST_RETRIES = 2;

/** What is wrong with a request stays wrong; a server that is away may come back. */
const queries = {
  retry: (failures: number, error: Error) =>
    failures < MOST_RETRIES && error instanceof ApiError && (error.status === 0 || error.status >= 500),
  staleTime: 30_000,
};

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries } })}>
        <Router base="/app">
          <App />
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
}
