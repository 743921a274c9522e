export { demandFree, freePort, isFree } from './free-port.js';
export { type KafkaOptions, type KafkaVia, type LocalKafka, startKafka } from './kafka.js';
export { type LocalPostgres, type PostgresOptions, startPostgres } from './postgres.js';
