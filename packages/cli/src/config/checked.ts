import type { QuadrilleConfig } from '@quadrille/choreography';
import { Unusable } from '@quadrille/proof';
import { z } from 'zod';

/** The result of `event(…)`: a function with options. */
const Event = z.custom(
  (value) => typeof value === 'function' && 'wireName' in value && 'schema' in value,
  'expected an event of event(…)',
);
const Row = z.object({
  service: z.string().min(1),
  handles: z.union(
    [z.array(Event), z.object({ kind: z.enum(['command', 'deadline']) })],
    'expected events, a command or a deadline',
  ),
  emits: z.array(Event),
});
const Step = z.object({ name: z.string(), loads: z.custom((value) => typeof value === 'function') }, 'expected a step');
const Steps = z.object({ service: z.string(), steps: z.array(Step) });
const EventNames = z.object(
  { type: z.string(), data: z.record(z.string(), z.unknown()) },
  "expected an event's data, as in BreadBaked(order)",
);
const Scenario = z.object({
  name: z.string().min(1),
  given: z.array(EventNames).optional(),
  commands: z.array(z.object({ step: z.string(), data: z.record(z.string(), z.unknown()) })).min(1),
  gateways: z.record(z.string(), z.unknown()).optional(),
});

const Promised = z.object({
  name: z.string().min(1),
  when: z.enum(['always', 'quiet']),
  wrong: z.custom((value) => typeof value === 'function', 'expected a function of a look'),
});

const Names = z.record(z.string(), z.string());

const Topics = z.strictObject({
  pattern: z.string().optional(),
  deadLetters: z.string().optional(),
  services: Names.optional(),
  events: Names.optional(),
  shared: z.array(z.string()).optional(),
});

/**
 * The parts of a configuration that the commands rely on. The values are not copied, because rows and endings share event
 * objects.
 */
const Config = z.object(
  {
    choreography: z.object(
      {
        system: z.string().min(1),
        rows: z.record(z.string(), Row),
        endings: z.record(z.string(), Event),
        topics: Topics.optional(),
      },
      'expected the result of choreography(…)',
    ),
    services: z
      .array(z.union([Steps, z.object({ steps: Steps })], 'expected the result of serviceSteps(…) or defineService(…)'))
      .optional(),
    wire: z.custom((value) => typeof value === 'object' && value !== null, 'expected a Wire').optional(),
    scenarios: z.array(Scenario).optional(),
    promises: z.array(Promised).optional(),
    running: z
      .custom((value) => typeof value === 'function', 'expected a function that returns brokers and databases')
      .optional(),
    commands: z.custom((value) => typeof value === 'function', 'expected a function that returns commands').optional(),
  },
  'expected the result of defineConfig(…)',
);

/** Returns the configuration if its shape is valid. Throws {@link Unusable} with the first problem. */
export function checked(file: string, exported: unknown): QuadrilleConfig {
  const { success, error } = Config.safeParse(exported);
  if (success) return exported as QuadrilleConfig;
  const [{ path, message }] = error.issues as [z.core.$ZodIssue];
  throw new Unusable(`${file}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}.`);
}
