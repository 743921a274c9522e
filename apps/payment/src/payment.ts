import { naming, serviceSteps, services, shop } from '@quadrille/contracts';
import { bindStore, defineService } from '@quadrille/nest';
import { z } from 'zod';
import { accounts } from './domain/accounts.js';
import { ledger } from './domain/ledger.js';
import { payments } from './domain/payments.js';
import { httpPaymentProvider } from './gateways/http-payment-provider.js';
import { AccountsController } from './http/accounts.controller.js';
import { LedgerController } from './http/ledger.controller.js';
import { PaymentsController } from './http/payments.controller.js';
import { accountStore } from './persistence/accounts.js';
import { ledgerStore } from './persistence/ledger.js';
import { Payments1763720000000 } from './persistence/migrations/1763720000000-payments.js';
import { Ledger1763720100000 } from './persistence/migrations/1763720100000-ledger.js';
import { PaymentsInPlace1763720200000 } from './persistence/migrations/1763720200000-payments-in-place.js';
import { LedgerNotTruncated1763720300000 } from './persistence/migrations/1763720300000-ledger-not-truncated.js';
import { paymentStore } from './persistence/payments.js';
import { authorizePayment } from './steps/authorize-payment.js';
import { capturePayment } from './steps/capture-payment.js';
import { depositFunds } from './steps/deposit-funds.js';
import { returnPayment } from './steps/return-payment.js';

/** The payment service: charges and refunds customers from their accounts, by double entry, or from their cards. */
export const payment = defineService({
  ...naming,
  rows: shop,
  steps: serviceSteps('payment', {
    'authorize-payment': authorizePayment,
    'capture-payment': capturePayment,
    'return-payment': returnPayment,
    'deposit-funds': depositFunds,
  }),
  stores: [bindStore(payments, paymentStore), bindStore(accounts, accountStore), bindStore(ledger, ledgerStore)],
  migrations: [
    Payments1763720000000,
    Ledger1763720100000,
    PaymentsInPlace1763720200000,
    LedgerNotTruncated1763720300000,
  ],
  defaultPort: services.payment.port,
  environment: {
    /** The base URL of the payment provider. */
    PAYMENT_PROVIDER_URL: z
      .url({ protocol: /^https?$/, error: 'an http(s) URL' })
      .default(`http://127.0.0.1:${services['payment-provider'].port}`),
    /** The credential of the shop at the payment provider; or in the file of `PAYMENT_PROVIDER_TOKEN_FILE`. */
    PAYMENT_PROVIDER_TOKEN: z.string().max(4_096).optional(),
    /** The timeout of one attempt to call the provider; a batch waits for its slowest call. */
    PAYMENT_PROVIDER_TIMEOUT_MS: z
      .string()
      .regex(/^[1-9]\d{1,4}$/, 'a whole number from 10 to 99999 (milliseconds)')
      .default('1000')
      .transform(Number),
  },
  gateways: ({ PAYMENT_PROVIDER_URL: url, PAYMENT_PROVIDER_TIMEOUT_MS: timeoutMs, PAYMENT_PROVIDER_TOKEN: token }) => ({
    provider: httpPaymentProvider({ url, timeoutMs, token }),
  }),
  controllers: [AccountsController, PaymentsController, LedgerController],
});
