import { setTimeout as pause } from 'node:timers/promises';
import { checkout } from '@quadrille/contracts';
import { acting, printJson, Refusal } from '@quadrille/operate/terminal/acting';
import { TimelineDrawing } from '@quadrille/operate/terminal/draw-timeline';
import { paint } from '@quadrille/operate/terminal/paint';
import { Command } from 'commander';
import { type Endpoints, endpointsOf, runningOption } from '../endpoints/endpoints.js';
import { orderIdOf, readTimeline, type Timeline } from '../timeline.js';

interface Options {
  readonly follow?: true;
  readonly json?: true;
  readonly running?: string;
}

const drawing = new TimelineDrawing(checkout, 'Order', paint);

const LOOK_EVERY_MS = 250;
/** A step without an event for this time is printed; shorter waits are normal. */
const NAMED_AFTER_MS = 2_000;
/** The storefront reads a newly accepted order within this time. */
const KNOWN_WITHIN_MS = 10_000;

/** `quadrille timeline`: the saga of an order. */
export const timelineCommand = new Command('timeline')
  .description(
    'draw the saga of an order: each event with its step, its record and its cause, and the steps that are awaited',
  )
  .argument('<order>', 'the orderId in the response of POST /orders')
  .option('-f, --follow', 'continue until it has ended and no follow-up is awaited')
  .option('--json', 'print it as JSON; with --follow one line per change')
  .addOption(runningOption())
  .action(
    acting(async (order: string, options: Options) => {
      const place = endpointsOf(options.running, process.env);
      const orderId = orderIdOf(order);
      if (options.follow) return follow(place, orderId, options.json ? jsonPrinter() : linePrinter());
      const timeline = await readTimeline(place, orderId);
      if (!timeline) throw new Refusal(unknown(orderId));
      if (options.json) printJson(timeline);
      else console.log(drawing.whole(orderId, timeline, Date.now()));
    }),
  );

const unknown = (orderId: string): string =>
  `The storefront has read no event of an order ${orderId}: check the id, or run quadrille doctor ${orderId}.`;

async function follow(place: Endpoints, orderId: string, print: (timeline: Timeline) => void): Promise<void> {
  const began = Date.now();
  for (;;) {
    const timeline = await readTimeline(place, orderId);
    if (timeline) print(timeline);
    else if (Date.now() - began > KNOWN_WITHIN_MS) throw new Refusal(unknown(orderId));
    if (timeline && timeline.outcome !== null && timeline.afterwards.length === 0) return;
    await pause(LOOK_EVERY_MS);
  }
}

/** Prints each event once, and each awaited step once per wait. */
function linePrinter(): (timeline: Timeline) => void {
  const printed = new Set<string>();
  const once = (what: string, line: string) => {
    if (printed.has(what)) return;
    printed.add(what);
    console.log(line);
  };
  return (timeline) => {
    const now = Date.now();
    once('head', `${drawing.head(timeline.orderId, timeline)}\n`);
    for (const link of timeline.links) once(link.eventId, drawing.link(timeline, link));
    for (const missing of [...timeline.awaited, ...timeline.afterwards]) {
      if (now - Date.parse(missing.since) < NAMED_AFTER_MS) continue;
      const alone = { ...timeline, awaited: [missing], afterwards: [] };
      once(`${missing.step} ${missing.since} ${missing.givenUp?.at}`, drawing.missing(alone, now).join('\n'));
    }
    if (timeline.outcome !== null && timeline.afterwards.length === 0) {
      console.log(`\n${drawing.state(timeline, now)}`);
    }
  };
}

function jsonPrinter(): (timeline: Timeline) => void {
  let before = '';
  return (timeline) => {
    const line = JSON.stringify(timeline);
    if (line !== before) console.log(line);
    before = line;
  };
}
