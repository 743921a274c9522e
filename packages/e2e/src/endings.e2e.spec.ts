import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { describeEndings } from './endings.js';

describeEndings('every ending that the table allows is seen on the running system', endings(checkout));
