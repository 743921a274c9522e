import { z } from 'zod';

const Environment = z.object({
  PORT: z.coerce.number().int(),
  DATABASE_URL: z.string().startsWith('postgres://'),
  KAFKA_BROKERS: z.string().transform((text) => text.split(',')),
  TOPIC_PARTITIONS: z.coerce.number().int().positive().default(6),
});

/** Environment variables of every service. */
export const environment = Environment.parse(process.env);
