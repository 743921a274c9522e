import type { Page } from 'playwright-core';

/** Changes to the prefilled checkout. */
export interface Choices {
  /** Product names as in the catalogue. */
  readonly goods?: readonly string[];
  /** As shown in the form. */
  readonly customer?: string;
  /** The token of a test card; without it the account pays. */
  readonly card?: string;
  /** A prefix of the country as shown in the form. */
  readonly country?: string;
}

/** Fills the cart and the checkout, up to the last button. */
export async function fillCheckout(page: Page, { goods = ['Teapot for four'], customer, card, country }: Choices) {
  await page.goto('/');
  for (const name of goods) await page.getByRole('button', { name: new RegExp(`: ${escaped(name)}$`) }).click();
  await page.getByRole('link', { name: 'To the checkout' }).click();
  // A click returns before the page has changed.
  await page.waitForURL('**/cart');
  if (customer) await page.getByLabel('Customer').selectOption({ label: customer });
  if (card) {
    await page.getByLabel(/^By card/).check();
    await page.getByLabel('Card', { exact: true }).selectOption(card);
  }
  if (country) {
    const options = page.getByLabel('Country').locator('option');
    const label = await options.filter({ hasText: country }).first().textContent();
    await page.getByLabel('Country').selectOption({ label: label! });
  }
}

/** Presses the last button and waits for the order page; returns the order's id. */
export async function placeOrder(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Place the order' }).click();
  return orderShown(page);
}

/** Waits for an order page and returns the order's id. */
export async function orderShown(page: Page): Promise<string> {
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
  return page.url().split('/').at(-1)!;
}

/** Waits until the page shows the ending, and returns it. */
export async function endingShown(page: Page): Promise<string> {
  const status = page.locator('[role=status][data-ending]');
  await status.waitFor();
  return (await status.getAttribute('data-ending'))!;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
