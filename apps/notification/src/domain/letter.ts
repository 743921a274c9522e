import type { Opened } from '@quadrille/choreography';
import type { Address, CompensationDetails, OrderDetails } from '@quadrille/contracts';
import type { MailKind } from './notifications.js';

/** The text of a mail to a customer; the gateway adds addresses and delivers it. */
export interface Letter {
  readonly kind: MailKind;
  readonly orderId: string;
  /** Null for a guest. */
  readonly customerId: string | null;
  readonly subject: string;
  readonly text: string;
}

/** Returns the letter about an ended order. Only a cancelled order has a reason. An erased name or city is omitted. */
export function letterFor(ended: OrderDetails | CompensationDetails, to: Opened<Address>): Letter {
  const { orderId, customerId } = ended;
  const greeting = `Dear ${typeof to.name === 'string' ? to.name : 'customer'},`;
  if ('reason' in ended) {
    const words = [
      `your order ${orderId} has been cancelled (${ended.reason}).`,
      'Nothing is charged; a previous charge is refunded to the same account or card.',
    ];
    const subject = `Your order ${orderId} has been cancelled`;
    return { kind: 'order-cancelled', orderId, customerId, subject, text: paragraphs(greeting, ...words) };
  }
  const words = [
    `thank you for your order ${orderId}. It is complete and on its way to ${destination(to)}.`,
    lines(ended),
  ];
  const subject = `Your order ${orderId} is complete`;
  return { kind: 'order-completed', orderId, customerId, subject, text: paragraphs(greeting, ...words) };
}

const paragraphs = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;

const destination = ({ city, country }: Opened<Address>): string =>
  [city, country].filter((part) => typeof part === 'string').join(', ');

/** Limits the length of a mail: an order may have hundreds of lines. */
const MAX_LINES = 50;

function lines({ items, total, currency }: OrderDetails): string {
  const money = (amount: number) => inWords(amount, currency);
  const listed = items
    .slice(0, MAX_LINES)
    .map(({ sku, quantity, unitPrice }) => `${quantity} × ${sku}  ${money(quantity * unitPrice)}`);
  const more = items.length > MAX_LINES ? [`and ${items.length - MAX_LINES} more`] : [];
  return [...listed, ...more, `Total  ${money(total)}`].join('\n');
}

/** Formats minor units, for example as `£59.00`. */
function inWords(amount: number, currency: string): string {
  const { format, minorUnits } = formatOf(currency);
  return format.format(amount / minorUnits);
}

interface Format {
  readonly format: Intl.NumberFormat;
  readonly minorUnits: number;
}

/** By currency, because creating a format is much slower than using it. */
const formats = new Map<string, Format>();

/** Takes the number of digits of a currency from Intl. */
function formatOf(currency: string): Format {
  let known = formats.get(currency);
  if (!known) {
    const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
    known = { format, minorUnits: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
    formats.set(currency, known);
  }
  return known;
}
