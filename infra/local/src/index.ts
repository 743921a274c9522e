export { demandFree, freePort, isFree } from './free-port.js';
export { type LocalPostgres, type PostgresOptions, startPostgres } from './postgres.js';
