import type { QuadrilleConfig } from '@quadrille/choreography';
import { Command } from 'commander';
import { runningSystemOf } from '../running/running-system.js';
import { readSaga, sagaIdOf } from '../saga/read-saga.js';
import { acting, printJson, Refusal } from '../terminal/acting.js';
import { TimelineDrawing } from '../terminal/draw-timeline.js';
import { paint } from '../terminal/paint.js';

/** `quadrille timeline`: a saga from its topics. */
export const timelineCommandOf = (read: () => Promise<QuadrilleConfig>): Command =>
  new Command('timeline')
    .description('draw a saga: each event with its step, its record and its cause, and the steps that are awaited')
    .argument('<saga>', 'its correlation id, or the key of its events')
    .option('--json', 'print it as JSON')
    .action(
      acting(async (saga: string, { json }: { readonly json?: true }) => {
        const id = sagaIdOf(saga);
        const config = await read();
        const { timeline } = await readSaga(config.choreography, runningSystemOf(config, process.env), id);
        if (!timeline) {
          throw new Refusal(`No topic has an event of ${id}: check the id; quadrille doctor ${id} looks further.`);
        }
        if (json) printJson({ saga: id, ...timeline });
        else console.log(new TimelineDrawing(config.choreography, 'Saga', paint).whole(id, timeline, Date.now()));
      }),
    );
