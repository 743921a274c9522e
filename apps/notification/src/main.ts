import { runService } from '@quadrille/nest/run';
import { notification } from './notification.js';

await runService(notification);
