/** Fields of requests that are this server's alone: an upstream, which may refuse what it does not know, is not sent them. */
export const OWN_FIELDS: readonly string[] = [
  "track_experiment",
  "experiment_name",
  "run_name",
  "tags",
  "timeout",
  "first_token_timeout",
  "stall_timeout",
];
