// The entry point @quadrille/kafka/protobuf, which needs the package protobufjs.
export { protobuf } from './protobuf.js';
