import { runService } from '@quadrille/service/run';
import { notification } from './notification.js';

await runService(notification);
