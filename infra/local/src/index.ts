export { demandFree, freePort, isFree } from './free-port.js';
export { onInterrupt } from './interrupt.js';
export type { KafkaVia } from './kafka/choose.js';
export { type KafkaOptions, type LocalKafka, startKafka } from './kafka.js';
export { type LocalPostgres, type PostgresOptions, startPostgres } from './postgres.js';
export { type ProcessExit, type ProcessOptions, type RunningProcess, startProcess } from './process.js';
export { portVariable, SERVICES, type ServiceName, WITH_DATABASE } from './services.js';
export { PEOPLE, seed } from './start/seed.js';
export { type System, type SystemOptions, startSystem } from './system.js';
