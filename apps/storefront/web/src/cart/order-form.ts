import type { Cart } from './cart.js';
import { CUSTOMERS, GUEST } from './customers.js';

/** The fields of the checkout. */
export interface OrderForm {
  /** The id of a customer, or {@link GUEST}. */
  readonly customer: string;
  readonly method: 'account' | 'card';
  readonly token: string;
  readonly name: string;
  readonly line1: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

/** Filled in, so that a first order needs no input. */
export const USUAL_FORM: OrderForm = {
  customer: CUSTOMERS[0].id,
  method: 'account',
  token: 'tok_visa',
  name: CUSTOMERS[0].name,
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};

/** The defaults for a signed-in customer. */
export const usualFormOf = (own: { readonly id: string; readonly name: string } | undefined): OrderForm =>
  own ? { ...USUAL_FORM, customer: own.id, name: own.name } : USUAL_FORM;

/** The JSON pointer of each field in {@link requestOf}, as in the errors of the order service. */
const POINTERS: Readonly<Record<keyof OrderForm, string>> = {
  customer: '/customerId',
  method: '/payment/method',
  token: '/payment/token',
  name: '/shippingAddress/name',
  line1: '/shippingAddress/line1',
  city: '/shippingAddress/city',
  postalCode: '/shippingAddress/postalCode',
  country: '/shippingAddress/country',
};

/** The body of `POST /orders`. */
export const requestOf = (cart: Cart, form: OrderForm, currency: string) => ({
  customerId: form.customer === GUEST ? null : form.customer,
  items: cart.map(({ sku, quantity }) => ({ sku, quantity })),
  shippingAddress: {
    name: form.name,
    line1: form.line1,
    city: form.city,
    postalCode: form.postalCode,
    country: form.country,
  },
  payment: form.method === 'card' ? { method: form.method, token: form.token } : { method: form.method },
  currency,
});

/** The errors by field, and the others. */
export interface Faults {
  readonly fields: Partial<Record<keyof OrderForm, string>>;
  /** By SKU. */
  readonly lines: Readonly<Record<string, string>>;
  readonly others: readonly string[];
}

/** Assigns the order service's errors, which have JSON pointers, to fields and lines. */
export function faultsIn(errors: readonly { readonly pointer: string; readonly detail: string }[], cart: Cart): Faults {
  const fields: Record<string, string> = {};
  const lines: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of errors) {
    const field = Object.entries(POINTERS).find(([, each]) => each === pointer)?.[0];
    const line = cart[Number(/^\/items\/(\d+)/.exec(pointer)?.[1] ?? Number.NaN)];
    if (field) fields[field] ??= detail;
    else if (line) lines[line.sku] ??= detail;
    else others.push(detail);
  }
  return { fields, lines, others };
}
