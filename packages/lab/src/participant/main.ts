import { everySecond } from '../process/clock.js';
import { problem, serve } from '../process/http.js';
import { participantsAt } from '../process/participants.js';
import { Refusal, type ServiceName } from '../protocol.js';
import { protocolOf } from '../protocols/all.js';
import { DEFINITIONS, environmentOf } from './definitions.js';
import { MalformedCall, poolOf, postgresHere, workplaceOf } from './postgres-here.js';

/** One service of the lab: the verbs of a protocol, on the service's own database. */
const { LAB_SERVICE, LAB_PORT, LAB_PROTOCOL, LAB_OPTIONS, LAB_PARTICIPANTS, DATABASE_URL, PAYMENT_PROVIDER_URL } =
  process.env as Record<string, string>;
const service = LAB_SERVICE as ServiceName;
const definition = DEFINITIONS[service];
const here = postgresHere(
  service,
  poolOf(DATABASE_URL!),
  workplaceOf(definition, environmentOf(definition, { PAYMENT_PROVIDER_URL })),
);
const protocol = protocolOf(LAB_PROTOCOL!, JSON.parse(LAB_OPTIONS!));
const verbs = protocol.participant(here);

await serve(Number(LAB_PORT), async (path, json) => {
  const verb = Object.hasOwn(verbs, path.slice(1)) && verbs[path.slice(1)];
  if (!verb) return problem(404, 'unknown-verb', `${protocol.name} has no verb ${path.slice(1)}.`);
  if (!Array.isArray(json)) return problem(400, 'malformed-call', 'The body is not an array of arguments.');
  try {
    return { status: 200, body: { answer: await verb(...json) } };
  } catch (error) {
    if (error instanceof MalformedCall) return problem(400, 'malformed-call', error.message);
    if (error instanceof Refusal) return problem(409, error.reason, 'The participant refused.');
    throw error;
  }
});

const { sweep } = protocol;
if (sweep) void everySecond(() => sweep(here, participantsAt(JSON.parse(LAB_PARTICIPANTS!))));
