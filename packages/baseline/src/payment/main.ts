import { start } from '../boot/start.js';
import { Account } from './account.js';
import { LedgerPosting } from './ledger-posting.js';
import { Payment } from './payment.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';

await start({
  name: 'payment',
  entities: [Payment, Account, LedgerPosting],
  controllers: [PaymentsController],
  providers: [PaymentsService],
});
