import type { ValueTransformer } from 'typeorm';

/** Minor units and pieces are bigint in the database and safe integers here. */
export const amount: ValueTransformer = { to: (value) => value, from: (value: string) => Number(value) };
