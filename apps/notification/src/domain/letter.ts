import type { CompensationDetails, OrderDetails } from '@quadrille/contracts';
import type { MailKind } from './notifications.js';

/** A mail to a customer, in words; where it goes and how is the port's matter. */
export interface Letter {
  readonly kind: MailKind;
  readonly orderId: string;
  /** Null for a guest. */
  readonly customerId: string | null;
  readonly subject: string;
  readonly text: string;
}

/** What to write when an order has ended; only a cancelled one has a reason. */
export function letterOn(ended: OrderDetails | CompensationDetails): Letter {
  const { orderId, customerId } = ended;
  const greeting = `Dear ${ended.shippingAddress.name},`;
  if ('reason' in ended) {
    const words = [
      `your order ${orderId} has been cancelled (${ended.reason}).`,
      'Nothing is charged; what had been charged goes back the way it came.',
    ];
    const subject = `Your order ${orderId} has been cancelled`;
    return { kind: 'order-cancelled', orderId, customerId, subject, text: paragraphs(greeting, ...words) };
  }
  const words = [
    `thank you for your order ${orderId}. It is complete and on its way to ${destination(ended)}.`,
    lines(ended),
  ];
  const subject = `Your order ${orderId} is complete`;
  return { kind: 'order-completed', orderId, customerId, subject, text: paragraphs(greeting, ...words) };
}

const paragraphs = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;

const destination = ({ shippingAddress: { city, country } }: OrderDetails): string => `${city}, ${country}`;

/** An invoice of hundreds of lines belongs into no mail. */
const MAX_LINES = 50;

function lines({ items, total, currency }: OrderDetails): string {
  const money = (amount: number) => inWords(amount, currency);
  const listed = items
    .slice(0, MAX_LINES)
    .map(({ sku, quantity, unitPrice }) => `${quantity} × ${sku}  ${money(quantity * unitPrice)}`);
  const more = items.length > MAX_LINES ? [`and ${items.length - MAX_LINES} more`] : [];
  return [...listed, ...more, `Total  ${money(total)}`].join('\n');
}

/** `£59.00` from minor units. */
function inWords(amount: number, currency: string): string {
  const { format, minorUnits } = formatOf(currency);
  return format.format(amount / minorUnits);
}

interface Format {
  readonly format: Intl.NumberFormat;
  readonly minorUnits: number;
}

/** By currency: making a format costs many times what using it does. */
const formats = new Map<string, Format>();

/** How many digits a currency has, Intl knows. */
function formatOf(currency: string): Format {
  let known = formats.get(currency);
  if (!known) {
    const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
    known = { format, minorUnits: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
    formats.set(currency, known);
  }
  return known;
}
