import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { describeEndings } from './endings.js';

describeEndings('every ending of the table occurs on the running system', endings(checkout));
