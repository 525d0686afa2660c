// PostgreSQL's settings: those that an operator may tune, and those that HealthChain promises. Pure.
// https://www.postgresql.org/docs/18/runtime-config.html
import { socketFolder } from './connection.ts'
import { clusterName } from './processes.ts'

/** The operator's to change afterwards, in data/postgresql.conf: for two cores and a few hundred MB. */
export const TUNING = {
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  random_page_cost: '1.1',
  max_connections: '100',
  // Nothing replicates or archives from here; production replaces the whole cluster through DATABASE_URL.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  wal_compression: 'pglz',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // Our statements are short; compiling one costs more than running it.
  jit: 'off',
}

// The bootstrap superuser has no password and no line here: it exists in single-user mode only.
export const HBA = `# TYPE  DATABASE  USER         ADDRESS       METHOD
local   all       healthchain                scram-sha-256
host    all       healthchain  127.0.0.1/32  scram-sha-256
`

/** On the command line of every start, so that no file can soften them. */
export const guarantees = (data: string, port: number): Record<string, string> => ({
  cluster_name: clusterName(data),
  listen_addresses: '127.0.0.1',
  port: String(port),
  // A list; the quotes keep a comma in a folder's name from splitting it.
  unix_socket_directories: socketFolder(data) ? `"${data.replaceAll('"', '""')}"` : '',
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // Statements, parameters and the details of errors hold personal data: none of it may reach the log. LOG is above
  // ERROR in this list, so only the server's own life is told; "terse" drops the statement that a crash would quote.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_checkpoints: 'off',
})
