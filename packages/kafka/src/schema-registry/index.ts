export { type RegisteredSchema, type RegistryConnection, SchemaRegistryProblem } from './registry-client.js';
export { type SchemaRegistryOptions, schemaRegistry } from './schema-registry-format.js';
export type { ValueSchema } from './value-schema.js';
