import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Chromium usually is: Debian's, Ubuntu's, Google's, on a Mac. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Nothing goes to the network but what the pages ask for. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long the pages may take for what they shall show; they wait for a system under test. Milliseconds. */
export const SHOWN_WITHIN_MS = 60_000;

const found = [process.env.CHROMIUM_PATH ?? '', ...USUAL_PLACES, ownOfPlaywright()].find(
  (path) => path && existsSync(path),
);

function ownOfPlaywright(): string {
  try {
    return chromium.executablePath();
  } catch {
    return '';
  }
}

/** Half a sentence that says why no browser can be used here; undefined: there is one. */
export const whyNoBrowser = found
  ? undefined
  : 'there is no Chromium: name one in CHROMIUM_PATH, or install the package chromium';

/** Starts Chromium without a window. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: found!, args: QUIET });

/** A page in a browser of its own, with everything it complains about. */
export interface Visit {
  readonly page: Page;
  /** What the console said in red, and what was thrown and not caught. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens a page at the shop's address. A visit knows nothing of another's cart or choices. */
export async function visit(browser: Browser, baseURL: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1_440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(SHOWN_WITHIN_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

/** What stands between the page and everybody: axe's violations, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary})`),
  );
}

/** Whatever is wider than the box that hides the rest of it, so that nobody can read on: not even by scrolling. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('body *:not(svg *)')]
    .filter((each) => {
      const { overflowX, textOverflow } = getComputedStyle(each);
      if (!/hidden|clip/.test(overflowX) || textOverflow === 'ellipsis' || each.textContent.trim() === '') return false;
      // What is a pixel wide is for screen readers.
      return each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1;
    })
    .map((each) => 'cut off: ' + each.tagName + ' ' + each.className + ' ' + each.textContent.slice(0, 60))`);
