// The entry point @quadrille/kafka/avro, which needs the package avsc.
export { avro } from './avro.js';
