-- The schema of MLflow 3.5 and 3.6 (alembic head bf29a5ff90ea) in PostgreSQL, as MLflow's own migrations make it.
CREATE TABLE alembic_version (
  version_num varchar(32) NOT NULL
);
CREATE TABLE assessments (
  assessment_id varchar(50) NOT NULL,
  trace_id varchar(50) NOT NULL,
  name varchar(250) NOT NULL,
  assessment_type varchar(20) NOT NULL,
  value text NOT NULL,
  error text,
  created_timestamp bigint NOT NULL,
  last_updated_timestamp bigint NOT NULL,
  source_type varchar(50) NOT NULL,
  source_id varchar(250),
  run_id varchar(32),
  span_id varchar(50),
  rationale text,
  overrides varchar(50),
  valid boolean NOT NULL,
  assessment_metadata text
);
CREATE TABLE datasets (
  dataset_uuid varchar(36) NOT NULL,
  experiment_id integer NOT NULL,
  name varchar(500) NOT NULL,
  digest varchar(36) NOT NULL,
  dataset_source_type varchar(36) NOT NULL,
  dataset_source text NOT NULL,
  dataset_schema text,
  dataset_profile text
);
CREATE TABLE entity_associations (
  association_id varchar(36) NOT NULL,
  source_type varchar(36) NOT NULL,
  source_id varchar(36) NOT NULL,
  destination_type varchar(36) NOT NULL,
  destination_id varchar(36) NOT NULL,
  created_time bigint
);
CREATE TABLE evaluation_dataset_records (
  dataset_record_id varchar(36) NOT NULL,
  dataset_id varchar(36) NOT NULL,
  inputs json NOT NULL,
  expectations json,
  tags json,
  source json,
  source_id varchar(36),
  source_type varchar(255),
  created_time bigint,
  last_update_time bigint,
  created_by varchar(255),
  last_updated_by varchar(255),
  input_hash varchar(64) NOT NULL,
  outputs json
);
CREATE TABLE evaluation_dataset_tags (
  dataset_id varchar(36) NOT NULL,
  key varchar(255) NOT NULL,
  value varchar(5000)
);
CREATE TABLE evaluation_datasets (
  dataset_id varchar(36) NOT NULL,
  name varchar(255) NOT NULL,
  schema text,
  profile text,
  digest varchar(64),
  created_time bigint,
  last_update_time bigint,
  created_by varchar(255),
  last_updated_by varchar(255)
);
CREATE TABLE experiment_tags (
  key varchar(250) NOT NULL,
  value varchar(5000),
  experiment_id integer NOT NULL
);
CREATE TABLE experiments (
  experiment_id serial NOT NULL,
  name varchar(256) NOT NULL,
  artifact_location varchar(256),
  lifecycle_stage varchar(32),
  creation_time bigint,
  last_update_time bigint,
  CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted'))
);
CREATE TABLE input_tags (
  input_uuid varchar(36) NOT NULL,
  name varchar(255) NOT NULL,
  value varchar(500) NOT NULL
);
CREATE TABLE inputs (
  input_uuid varchar(36) NOT NULL,
  source_type varchar(36) NOT NULL,
  source_id varchar(36) NOT NULL,
  destination_type varchar(36) NOT NULL,
  destination_id varchar(36) NOT NULL,
  step bigint DEFAULT 0 NOT NULL
);
CREATE TABLE jobs (
  id varchar(36) NOT NULL,
  creation_time bigint NOT NULL,
  function_fullname varchar(500) NOT NULL,
  params text NOT NULL,
  timeout float8,
  status integer NOT NULL,
  result text,
  retry_count integer NOT NULL,
  last_update_time bigint NOT NULL
);
CREATE TABLE latest_metrics (
  key varchar(250) NOT NULL,
  value float8 NOT NULL,
  "timestamp" bigint,
  step bigint NOT NULL,
  is_nan boolean NOT NULL,
  run_uuid varchar(32) NOT NULL
);
CREATE TABLE logged_model_metrics (
  model_id varchar(36) NOT NULL,
  metric_name varchar(500) NOT NULL,
  metric_timestamp_ms bigint NOT NULL,
  metric_step bigint NOT NULL,
  metric_value float8,
  experiment_id integer NOT NULL,
  run_id varchar(32) NOT NULL,
  dataset_uuid varchar(36),
  dataset_name varchar(500),
  dataset_digest varchar(36)
);
CREATE TABLE logged_model_params (
  model_id varchar(36) NOT NULL,
  experiment_id integer NOT NULL,
  param_key varchar(255) NOT NULL,
  param_value text NOT NULL
);
CREATE TABLE logged_model_tags (
  model_id varchar(36) NOT NULL,
  experiment_id integer NOT NULL,
  tag_key varchar(255) NOT NULL,
  tag_value text NOT NULL
);
CREATE TABLE logged_models (
  model_id varchar(36) NOT NULL,
  experiment_id integer NOT NULL,
  name varchar(500) NOT NULL,
  artifact_location varchar(1000) NOT NULL,
  creation_timestamp_ms bigint NOT NULL,
  last_updated_timestamp_ms bigint NOT NULL,
  status integer NOT NULL,
  lifecycle_stage varchar(32),
  model_type varchar(500),
  source_run_id varchar(32),
  status_message varchar(1000),
  CONSTRAINT logged_models_lifecycle_stage_check CHECK (lifecycle_stage IN ('active', 'deleted'))
);
CREATE TABLE metrics (
  key varchar(250) NOT NULL,
  value float8 NOT NULL,
  "timestamp" bigint NOT NULL,
  run_uuid varchar(32) NOT NULL,
  step bigint DEFAULT 0 NOT NULL,
  is_nan boolean DEFAULT false NOT NULL
);
CREATE TABLE model_version_tags (
  key varchar(250) NOT NULL,
  value text,
  name varchar(256) NOT NULL,
  version integer NOT NULL
);
CREATE TABLE model_versions (
  name varchar(256) NOT NULL,
  version integer NOT NULL,
  creation_time bigint,
  last_updated_time bigint,
  description varchar(5000),
  user_id varchar(256),
  current_stage varchar(20),
  source varchar(500),
  run_id varchar(32),
  status varchar(20),
  status_message varchar(500),
  run_link varchar(500),
  storage_location varchar(500)
);
CREATE TABLE params (
  key varchar(250) NOT NULL,
  value varchar(8000) NOT NULL,
  run_uuid varchar(32) NOT NULL
);
CREATE TABLE registered_model_aliases (
  alias varchar(256) NOT NULL,
  version integer NOT NULL,
  name varchar(256) NOT NULL
);
CREATE TABLE registered_model_tags (
  key varchar(250) NOT NULL,
  value varchar(5000),
  name varchar(256) NOT NULL
);
CREATE TABLE registered_models (
  name varchar(256) NOT NULL,
  creation_time bigint,
  last_updated_time bigint,
  description varchar(5000)
);
CREATE TABLE runs (
  run_uuid varchar(32) NOT NULL,
  name varchar(250),
  source_type varchar(20),
  source_name varchar(500),
  entry_point_name varchar(50),
  user_id varchar(256),
  status varchar(9),
  start_time bigint,
  end_time bigint,
  source_version varchar(50),
  lifecycle_stage varchar(20),
  artifact_uri varchar(200),
  experiment_id integer,
  deleted_time bigint,
  CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')),
  CONSTRAINT runs_status_check CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED')),
  CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT'))
);
CREATE TABLE scorer_versions (
  scorer_id varchar(36) NOT NULL,
  scorer_version integer NOT NULL,
  serialized_scorer text NOT NULL,
  creation_time bigint
);
CREATE TABLE scorers (
  experiment_id integer NOT NULL,
  scorer_name varchar(256) NOT NULL,
  scorer_id varchar(36) NOT NULL
);
CREATE TABLE spans (
  trace_id varchar(50) NOT NULL,
  experiment_id integer NOT NULL,
  span_id varchar(50) NOT NULL,
  parent_span_id varchar(50),
  name text,
  type varchar(500),
  status varchar(50) NOT NULL,
  start_time_unix_nano bigint NOT NULL,
  end_time_unix_nano bigint,
  duration_ns bigint GENERATED ALWAYS AS ((end_time_unix_nano - start_time_unix_nano)) STORED,
  content text NOT NULL
);
CREATE TABLE tags (
  key varchar(250) NOT NULL,
  value varchar(8000),
  run_uuid varchar(32) NOT NULL
);
CREATE TABLE trace_info (
  request_id varchar(50) NOT NULL,
  experiment_id integer NOT NULL,
  timestamp_ms bigint NOT NULL,
  execution_time_ms bigint,
  status varchar(50) NOT NULL,
  client_request_id varchar(50),
  request_preview varchar(1000),
  response_preview varchar(1000)
);
CREATE TABLE trace_request_metadata (
  key varchar(250) NOT NULL,
  value varchar(8000),
  request_id varchar(50) NOT NULL
);
CREATE TABLE trace_tags (
  key varchar(250) NOT NULL,
  value varchar(8000),
  request_id varchar(50) NOT NULL
);
CREATE TABLE webhook_events (
  webhook_id varchar(256) NOT NULL,
  entity varchar(50) NOT NULL,
  action varchar(50) NOT NULL
);
CREATE TABLE webhooks (
  webhook_id varchar(256) NOT NULL,
  name varchar(256) NOT NULL,
  description varchar(1000),
  url varchar(500) NOT NULL,
  status varchar(20) DEFAULT 'ACTIVE' NOT NULL,
  secret varchar(1000),
  creation_timestamp bigint,
  last_updated_timestamp bigint,
  deleted_timestamp bigint
);
ALTER TABLE alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE assessments ADD CONSTRAINT assessments_pk PRIMARY KEY (assessment_id);
ALTER TABLE datasets ADD CONSTRAINT dataset_pk PRIMARY KEY (experiment_id, name, digest);
ALTER TABLE entity_associations ADD CONSTRAINT entity_associations_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id);
ALTER TABLE evaluation_dataset_records ADD CONSTRAINT evaluation_dataset_records_pk PRIMARY KEY (dataset_record_id);
ALTER TABLE evaluation_dataset_tags ADD CONSTRAINT evaluation_dataset_tags_pk PRIMARY KEY (dataset_id, key);
ALTER TABLE evaluation_datasets ADD CONSTRAINT evaluation_datasets_pk PRIMARY KEY (dataset_id);
ALTER TABLE experiments ADD CONSTRAINT experiment_pk PRIMARY KEY (experiment_id);
ALTER TABLE experiment_tags ADD CONSTRAINT experiment_tag_pk PRIMARY KEY (key, experiment_id);
ALTER TABLE experiments ADD CONSTRAINT experiments_name_key UNIQUE (name);
ALTER TABLE input_tags ADD CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name);
ALTER TABLE inputs ADD CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id);
ALTER TABLE jobs ADD CONSTRAINT jobs_pk PRIMARY KEY (id);
ALTER TABLE latest_metrics ADD CONSTRAINT latest_metric_pk PRIMARY KEY (key, run_uuid);
ALTER TABLE logged_model_metrics ADD CONSTRAINT logged_model_metrics_pk PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step, run_id);
ALTER TABLE logged_model_params ADD CONSTRAINT logged_model_params_pk PRIMARY KEY (model_id, param_key);
ALTER TABLE logged_model_tags ADD CONSTRAINT logged_model_tags_pk PRIMARY KEY (model_id, tag_key);
ALTER TABLE logged_models ADD CONSTRAINT logged_models_pk PRIMARY KEY (model_id);
ALTER TABLE metrics ADD CONSTRAINT metric_pk PRIMARY KEY (key, "timestamp", step, run_uuid, value, is_nan);
ALTER TABLE model_versions ADD CONSTRAINT model_version_pk PRIMARY KEY (name, version);
ALTER TABLE model_version_tags ADD CONSTRAINT model_version_tag_pk PRIMARY KEY (key, name, version);
ALTER TABLE params ADD CONSTRAINT param_pk PRIMARY KEY (key, run_uuid);
ALTER TABLE registered_model_aliases ADD CONSTRAINT registered_model_alias_pk PRIMARY KEY (name, alias);
ALTER TABLE registered_models ADD CONSTRAINT registered_model_pk PRIMARY KEY (name);
ALTER TABLE registered_model_tags ADD CONSTRAINT registered_model_tag_pk PRIMARY KEY (key, name);
ALTER TABLE runs ADD CONSTRAINT run_pk PRIMARY KEY (run_uuid);
ALTER TABLE scorers ADD CONSTRAINT scorer_pk PRIMARY KEY (scorer_id);
ALTER TABLE scorer_versions ADD CONSTRAINT scorer_version_pk PRIMARY KEY (scorer_id, scorer_version);
ALTER TABLE spans ADD CONSTRAINT spans_pk PRIMARY KEY (trace_id, span_id);
ALTER TABLE tags ADD CONSTRAINT tag_pk PRIMARY KEY (key, run_uuid);
ALTER TABLE trace_info ADD CONSTRAINT trace_info_pk PRIMARY KEY (request_id);
ALTER TABLE trace_request_metadata ADD CONSTRAINT trace_request_metadata_pk PRIMARY KEY (key, request_id);
ALTER TABLE trace_tags ADD CONSTRAINT trace_tag_pk PRIMARY KEY (key, request_id);
ALTER TABLE evaluation_dataset_records ADD CONSTRAINT unique_dataset_input UNIQUE (dataset_id, input_hash);
ALTER TABLE webhook_events ADD CONSTRAINT webhook_event_pk PRIMARY KEY (webhook_id, entity, action);
ALTER TABLE webhooks ADD CONSTRAINT webhook_pk PRIMARY KEY (webhook_id);
CREATE INDEX idx_webhook_events_action ON webhook_events (action);
CREATE INDEX idx_webhook_events_entity ON webhook_events (entity);
CREATE INDEX idx_webhook_events_entity_action ON webhook_events (entity, action);
CREATE INDEX idx_webhooks_name ON webhooks (name);
CREATE INDEX idx_webhooks_status ON webhooks (status);
CREATE INDEX index_assessments_assessment_type ON assessments (assessment_type);
CREATE INDEX index_assessments_last_updated_timestamp ON assessments (last_updated_timestamp);
CREATE INDEX index_assessments_run_id_created_timestamp ON assessments (run_id, created_timestamp);
CREATE INDEX index_assessments_trace_id_created_timestamp ON assessments (trace_id, created_timestamp);
CREATE INDEX index_datasets_dataset_uuid ON datasets (dataset_uuid);
CREATE INDEX index_datasets_experiment_id_dataset_source_type ON datasets (experiment_id, dataset_source_type);
CREATE INDEX index_entity_associations_association_id ON entity_associations (association_id);
CREATE INDEX index_entity_associations_reverse_lookup ON entity_associations (destination_type, destination_id, source_type, source_id);
CREATE INDEX index_evaluation_dataset_records_dataset_id ON evaluation_dataset_records (dataset_id);
CREATE INDEX index_evaluation_dataset_tags_dataset_id ON evaluation_dataset_tags (dataset_id);
CREATE INDEX index_evaluation_datasets_created_time ON evaluation_datasets (created_time);
CREATE INDEX index_evaluation_datasets_name ON evaluation_datasets (name);
CREATE INDEX index_inputs_destination_type_destination_id_source_type ON inputs (destination_type, destination_id, source_type);
CREATE INDEX index_inputs_input_uuid ON inputs (input_uuid);
CREATE INDEX index_jobs_function_status_creation_time ON jobs (function_fullname, status, creation_time);
CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
CREATE INDEX index_logged_model_metrics_model_id ON logged_model_metrics (model_id);
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE INDEX index_params_run_uuid ON params (run_uuid);
CREATE INDEX index_scorer_versions_scorer_id ON scorer_versions (scorer_id);
CREATE UNIQUE INDEX index_scorers_experiment_id_scorer_name ON scorers (experiment_id, scorer_name);
CREATE INDEX index_spans_experiment_id ON spans (experiment_id);
CREATE INDEX index_spans_experiment_id_duration ON spans (experiment_id, duration_ns);
CREATE INDEX index_spans_experiment_id_status_type ON spans (experiment_id, status, type);
CREATE INDEX index_spans_experiment_id_type_status ON spans (experiment_id, type, status);
CREATE INDEX index_tags_run_uuid ON tags (run_uuid);
CREATE INDEX index_trace_info_experiment_id_timestamp_ms ON trace_info (experiment_id, timestamp_ms);
CREATE INDEX index_trace_request_metadata_request_id ON trace_request_metadata (request_id);
CREATE INDEX index_trace_tags_request_id ON trace_tags (request_id);
ALTER TABLE experiment_tags ADD CONSTRAINT experiment_tags_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE assessments ADD CONSTRAINT fk_assessments_trace_id FOREIGN KEY (trace_id) REFERENCES trace_info(request_id) ON DELETE CASCADE;
ALTER TABLE datasets ADD CONSTRAINT fk_datasets_experiment_id_experiments FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id) ON DELETE CASCADE;
ALTER TABLE evaluation_dataset_records ADD CONSTRAINT fk_evaluation_dataset_records_dataset_id FOREIGN KEY (dataset_id) REFERENCES evaluation_datasets(dataset_id) ON DELETE CASCADE;
ALTER TABLE evaluation_dataset_tags ADD CONSTRAINT fk_evaluation_dataset_tags_dataset_id FOREIGN KEY (dataset_id) REFERENCES evaluation_datasets(dataset_id) ON DELETE CASCADE;
ALTER TABLE logged_model_metrics ADD CONSTRAINT fk_logged_model_metrics_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE logged_model_metrics ADD CONSTRAINT fk_logged_model_metrics_model_id FOREIGN KEY (model_id) REFERENCES logged_models(model_id) ON DELETE CASCADE;
ALTER TABLE logged_model_metrics ADD CONSTRAINT fk_logged_model_metrics_run_id FOREIGN KEY (run_id) REFERENCES runs(run_uuid) ON DELETE CASCADE;
ALTER TABLE logged_model_params ADD CONSTRAINT fk_logged_model_params_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE logged_model_params ADD CONSTRAINT fk_logged_model_params_model_id FOREIGN KEY (model_id) REFERENCES logged_models(model_id) ON DELETE CASCADE;
ALTER TABLE logged_model_tags ADD CONSTRAINT fk_logged_model_tags_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE logged_model_tags ADD CONSTRAINT fk_logged_model_tags_model_id FOREIGN KEY (model_id) REFERENCES logged_models(model_id) ON DELETE CASCADE;
ALTER TABLE logged_models ADD CONSTRAINT fk_logged_models_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id) ON DELETE CASCADE;
ALTER TABLE scorer_versions ADD CONSTRAINT fk_scorer_versions_scorer_id FOREIGN KEY (scorer_id) REFERENCES scorers(scorer_id) ON DELETE CASCADE;
ALTER TABLE scorers ADD CONSTRAINT fk_scorers_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id) ON DELETE CASCADE;
ALTER TABLE spans ADD CONSTRAINT fk_spans_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE spans ADD CONSTRAINT fk_spans_trace_id FOREIGN KEY (trace_id) REFERENCES trace_info(request_id) ON DELETE CASCADE;
ALTER TABLE trace_info ADD CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE trace_request_metadata ADD CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY (request_id) REFERENCES trace_info(request_id) ON DELETE CASCADE;
ALTER TABLE trace_tags ADD CONSTRAINT fk_trace_tags_request_id FOREIGN KEY (request_id) REFERENCES trace_info(request_id) ON DELETE CASCADE;
ALTER TABLE latest_metrics ADD CONSTRAINT latest_metrics_run_uuid_fkey FOREIGN KEY (run_uuid) REFERENCES runs(run_uuid);
ALTER TABLE metrics ADD CONSTRAINT metrics_run_uuid_fkey FOREIGN KEY (run_uuid) REFERENCES runs(run_uuid);
ALTER TABLE model_version_tags ADD CONSTRAINT model_version_tags_name_version_fkey FOREIGN KEY (name, version) REFERENCES model_versions(name, version) ON UPDATE CASCADE;
ALTER TABLE model_versions ADD CONSTRAINT model_versions_name_fkey FOREIGN KEY (name) REFERENCES registered_models(name) ON UPDATE CASCADE;
ALTER TABLE params ADD CONSTRAINT params_run_uuid_fkey FOREIGN KEY (run_uuid) REFERENCES runs(run_uuid);
ALTER TABLE registered_model_aliases ADD CONSTRAINT registered_model_alias_name_fkey FOREIGN KEY (name) REFERENCES registered_models(name) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE registered_model_tags ADD CONSTRAINT registered_model_tags_name_fkey FOREIGN KEY (name) REFERENCES registered_models(name) ON UPDATE CASCADE;
ALTER TABLE runs ADD CONSTRAINT runs_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES experiments(experiment_id);
ALTER TABLE tags ADD CONSTRAINT tags_run_uuid_fkey FOREIGN KEY (run_uuid) REFERENCES runs(run_uuid);
ALTER TABLE webhook_events ADD CONSTRAINT webhook_events_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(webhook_id) ON DELETE CASCADE;
INSERT INTO alembic_version VALUES ('bf29a5ff90ea');
