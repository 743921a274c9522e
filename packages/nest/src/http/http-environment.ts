import { z } from 'zod';

const EXPECTED = 'names of hosts with commas between, without ports, as in order,shop.example';
const NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** The names by which a server of ours may be called, in lower case. */
export const allowedHosts = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .split(',')
      .flatMap((name) => name.trim() || []),
  )
  .refine((names) => names.every((name) => NAME.test(name)), EXPECTED);

/** The variables about who may call a service over HTTP, and how much. */
export const httpEnvironment = {
  /** The names by which the service may be called beside `localhost` and any IP address: `order,shop.example`. */
  ALLOWED_HOSTS: allowedHosts.default([]),
};
