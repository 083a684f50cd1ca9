-- Own indexes beside MLflow's: searches over many runs read them alone.
CREATE INDEX IF NOT EXISTS llmops_runs_by_start ON runs (experiment_id, lifecycle_stage, start_time, run_uuid);
CREATE INDEX IF NOT EXISTS llmops_latest_metric_order ON latest_metrics (key, is_nan, value, run_uuid);
CREATE INDEX IF NOT EXISTS llmops_tag_parents ON tags (value, run_uuid) WHERE key = 'mlflow.parentRunId';
