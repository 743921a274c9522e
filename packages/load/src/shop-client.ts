/** Base URLs of the services of a running shop. */
export interface ShopUrls {
  readonly order: string;
  readonly payment: string;
  readonly inventory: string;
}

export interface OrderBody {
  readonly customerId: string | null;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly shippingAddress: Readonly<Record<string, string>>;
  readonly payment: { readonly method: 'account' | 'card'; readonly token?: string };
  readonly currency: string;
}

/** Status and JSON body of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Timeout of a request in ms. */
const ANSWER_TIMEOUT_MS = 30_000;

/** HTTP client of a customer and of a shopkeeper for a running shop. */
export class ShopClient {
  /** With a token if services require identity: that of an operator, with permission for all of these requests. */
  constructor(
    private readonly urls: ShopUrls,
    private readonly token?: string | (() => string | undefined),
  ) {}

  placeOrder(body: OrderBody, idempotencyKey?: string): Promise<Answer> {
    return this.send(`${this.urls.order}/orders`, 'POST', body, idempotencyKey);
  }

  cancelOrder(orderId: string, reason = 'changed-mind'): Promise<Answer> {
    return this.send(`${this.urls.order}/orders/${orderId}/cancellation`, 'POST', { reason });
  }

  order(orderId: string): Promise<Answer> {
    return this.send(`${this.urls.order}/orders/${orderId}`);
  }

  /** The current price of a product for an order. */
  offer(sku: string): Promise<Answer> {
    return this.send(`${this.urls.order}/products/${encodeURIComponent(sku)}`);
  }

  listProduct(product: {
    sku: string;
    name: string;
    price: number;
    currency: string;
    weightGrams: number;
  }): Promise<Answer> {
    const { sku, ...body } = product;
    return this.send(`${this.urls.inventory}/catalogue/${encodeURIComponent(sku)}`, 'PUT', body);
  }

  receiveStock(sku: string, quantity: number, idempotencyKey?: string): Promise<Answer> {
    return this.send(
      `${this.urls.inventory}/stock/${encodeURIComponent(sku)}/receipts`,
      'POST',
      { quantity },
      idempotencyKey,
    );
  }

  stock(sku: string): Promise<Answer> {
    return this.send(`${this.urls.inventory}/stock/${encodeURIComponent(sku)}`);
  }

  deposit(customerId: string, amount: number, currency: string, idempotencyKey?: string): Promise<Answer> {
    return this.send(
      `${this.urls.payment}/accounts/${customerId}/deposits`,
      'POST',
      { amount, currency },
      idempotencyKey,
    );
  }

  account(customerId: string): Promise<Answer> {
    return this.send(`${this.urls.payment}/accounts/${customerId}`);
  }

  private async send(url: string, method = 'GET', body?: unknown, idempotencyKey?: string): Promise<Answer> {
    const token = typeof this.token === 'function' ? this.token() : this.token;
    const response = await fetch(url, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}

/** Returns the answer, or throws an error with it, for requests that must succeed. */
export function demandOk(answer: Answer, what: string): Answer {
  if (answer.status < 400) return answer;
  throw new Error(`${what} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
