import { describe, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { startContainers } from './containers.js';
import { describeEndings } from './endings.js';
import { whyNoContainers } from './engine.js';

/** Of the endings with an interrupt, one in this many suffices to compare the servers. */
const ONE_IN = 7;

const all = endings(checkout);
const some = [
  ...all.filter(({ interrupt }) => !interrupt),
  ...all.filter(({ interrupt }) => interrupt).filter((_, at) => at % ONE_IN === 0),
];

const why = whyNoContainers();
if (why) describe.skip(`endings on servers in containers (skipped, because ${why})`, () => it('is seen', () => {}));
else {
  describeEndings('endings of each kind occur on servers in containers', some, async () => ({
    servers: await startContainers(),
  }));
}
