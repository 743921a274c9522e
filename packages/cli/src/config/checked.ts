import type { QuadrilleConfig } from '@quadrille/choreography';
import { Unusable } from '@quadrille/proof';
import { z } from 'zod';

/** What `event(…)` gives: a function with facts. */
const Event = z.custom(
  (value) => typeof value === 'function' && 'wireName' in value && 'schema' in value,
  'expected an event of event(…)',
);
const Row = z.object({
  service: z.string().min(1),
  handles: z.union(
    [z.array(Event), z.object({ kind: z.enum(['command', 'clock']) })],
    'expected events, a command or a deadline',
  ),
  emits: z.array(Event),
});
const Step = z.object({ name: z.string(), loads: z.custom((value) => typeof value === 'function') }, 'expected a step');
const Steps = z.object({ service: z.string(), steps: z.array(Step) });
const Said = z.object(
  { type: z.string(), data: z.record(z.string(), z.unknown()) },
  'expected what an event gives, as in BreadBaked(order)',
);
const Scenario = z.object({
  name: z.string().min(1),
  given: z.array(Said).optional(),
  commands: z.array(z.object({ step: z.string(), data: z.record(z.string(), z.unknown()) })).min(1),
  outside: z.record(z.string(), z.unknown()).optional(),
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

/** As far as a command relies on it. What is in it stays as it is: events are the same objects in rows and endings. */
const Config = z.object(
  {
    choreography: z.object(
      {
        system: z.string().min(1),
        rows: z.record(z.string(), Row),
        endings: z.record(z.string(), Event),
        topics: Topics.optional(),
      },
      'expected what choreography(…) gives',
    ),
    services: z
      .array(z.union([Steps, z.object({ steps: Steps })], 'expected what serviceSteps(…) or defineService(…) gives'))
      .optional(),
    scenarios: z.array(Scenario).optional(),
    promises: z.array(Promised).optional(),
    running: z
      .custom((value) => typeof value === 'function', 'expected a function that gives brokers and databases')
      .optional(),
    commands: z.custom((value) => typeof value === 'function', 'expected a function that gives commands').optional(),
  },
  'expected what defineConfig(…) gives',
);

/** The configuration, if it has the shape of one. Throws {@link Unusable} with the first thing that is wrong. */
export function checked(file: string, exported: unknown): QuadrilleConfig {
  const { success, error } = Config.safeParse(exported);
  if (success) return exported as QuadrilleConfig;
  const [{ path, message }] = error.issues as [z.core.$ZodIssue];
  throw new Unusable(`${file}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}.`);
}
