// A carrier for specs, in its own process: `node fake-carrier.mjs`. The parent injects faults and ends it over IPC.
import { createServer } from 'node:http';

const bookings = new Map();
const cancelled = new Set();
const calls = [];
/** Injected faults, one per request: { status, body }, { silent: true } or { loseAnswer: true }. `always` stays. */
let faults = [];
let always;

const TARIFF = { served: ['DE', 'GB'], refused: ['AQ'] };

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    calls.push(`${request.method} ${request.url}`);
    const fault = always ?? faults.shift();
    if (fault?.silent) return;
    if (fault?.status) return send(response, fault.status, fault.body);
    const text = Buffer.concat(chunks).toString();
    const [status, body] = answer(request.method, decodeURIComponent(request.url), text && JSON.parse(text));
    if (fault?.loseAnswer) return response.destroy();
    send(response, status, body && JSON.stringify(body));
  });
});

function answer(method, path, body) {
  if (path === '/v1/countries') return [200, TARIFF];
  const reference = path.replace('/v1/bookings/', '');
  if (method === 'DELETE') {
    cancelled.add(reference);
    bookings.delete(reference);
    return [204];
  }
  if (cancelled.has(reference)) return [410];
  if (!TARIFF.served.includes(body.destination.country)) return [422, { reason: 'undeliverable-destination' }];
  if (bookings.has(reference)) return [200, bookings.get(reference)];
  bookings.set(reference, { trackingNumber: `FAKE-${bookings.size + 1}` });
  return [201, bookings.get(reference)];
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

process.on('message', ({ misbehave }) => {
  if (misbehave) ({ faults = [], always } = misbehave);
  process.send({ bookings: Object.fromEntries(bookings), calls: calls.splice(0) });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
