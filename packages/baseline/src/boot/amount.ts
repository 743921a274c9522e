import type { ValueTransformer } from 'typeorm';

/** Minor units and pieces are kept as bigint and are safe integers here. */
export const amount: ValueTransformer = { to: (value) => value, from: (value: string) => Number(value) };
