import { runService } from '@quadrille/service';
import { notification } from './notification.js';

await runService(notification);
