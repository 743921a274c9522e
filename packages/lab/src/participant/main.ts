import { everySecond } from '../process/clock.js';
import { problem, serve } from '../process/http.js';
import { participantsAt } from '../process/participants.js';
import { configuredProtocol } from '../process/protocol-config.js';
import { Refusal, type ServiceName, type Verbs } from '../protocol.js';
import { DEFINITIONS, environmentOf } from './definitions.js';
import { dependenciesOf, LOCK_TIMEOUT_MS, MalformedCall, poolOf, postgresParticipant } from './postgres-participant.js';

/** One service of the lab: the verbs of a protocol, on the service's own database. */
const { LAB_SERVICE, LAB_PORT, LAB_PROTOCOL_FILE, LAB_PARTICIPANTS, DATABASE_URL, PAYMENT_PROVIDER_URL } =
  process.env as Record<string, string>;
const service = LAB_SERVICE as ServiceName;
const definition = DEFINITIONS[service];
const context = postgresParticipant(
  service,
  poolOf(DATABASE_URL!, LOCK_TIMEOUT_MS),
  dependenciesOf(definition, environmentOf(definition, { PAYMENT_PROVIDER_URL })),
);
const configured = configuredProtocol(LAB_PROTOCOL_FILE!);
const peers = participantsAt(JSON.parse(LAB_PARTICIPANTS!));

await serve(Number(LAB_PORT), async (path, json) => {
  if (path === '/protocol') return configured.read();
  const verbs: Verbs = configured.protocol.participant(context);
  const verb = Object.hasOwn(verbs, path.slice(1)) && verbs[path.slice(1)];
  if (!verb) return problem(404, 'unknown-verb', `${configured.protocol.name} has no verb ${path.slice(1)}.`);
  if (!Array.isArray(json)) return problem(400, 'malformed-call', 'The body is not an array of arguments.');
  try {
    return { status: 200, body: { answer: await verb(...json) } };
  } catch (error) {
    if (error instanceof MalformedCall) return problem(400, 'malformed-call', error.message);
    if (error instanceof Refusal) return problem(409, error.reason, 'The participant refused.');
    throw error;
  }
});

void everySecond(async () => configured.protocol.sweep?.(context, peers));
