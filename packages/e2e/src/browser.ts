import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Common paths of Chromium on Debian, Ubuntu, with Google's package, and on macOS. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Disables network traffic that the pages do not request. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The limit in milliseconds for content to appear; pages wait for a system under test. */
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

/** With QUADRILLE_SCREENSHOTS=1, the images of the documentation are retaken. */
export const takesPictures = process.env.QUADRILLE_SCREENSHOTS === '1';
const IMAGES = fileURLToPath(new URL('../../../docs/images', import.meta.url));

/** Takes an image of the documentation, if requested. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (takesPictures) await page.screenshot({ path: `${IMAGES}/${name}.png`, animations: 'disabled' });
}

/** The reason why no browser is available, as half a sentence; undefined if one is. */
export const whyNoBrowser = found
  ? undefined
  : 'there is no Chromium: name one in CHROMIUM_PATH, or install the package chromium';

/** Starts headless Chromium. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: found!, args: QUIET });

/** A page in a separate browser context, with its error messages. */
export interface Visit {
  readonly page: Page;
  /** Console errors and uncaught exceptions. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens a page at the shop's address. Visits share no cart or settings. */
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

/**
 * axe's accessibility violations of a page, one line each. The legacy mode opens no second page for each analysis; the other mode is
 * for frames of other origins, and the pages have no frames.
 */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary})`),
  );
}

/** Elements that are wider than a box that hides their overflow, so that part of them cannot be reached by scrolling. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('body *:not(svg *)')]
    .filter((each) => {
      const { overflowX, textOverflow } = getComputedStyle(each);
      if (!/hidden|clip/.test(overflowX) || textOverflow === 'ellipsis' || each.textContent.trim() === '') return false;
      // Elements of one pixel are for screen readers.
      return each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1;
    })
    .map((each) => 'cut off: ' + each.tagName + ' ' + each.className + ' ' + each.textContent.slice(0, 60))`);
