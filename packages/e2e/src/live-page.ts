import { join } from 'node:path';
import { expect } from '@jest/globals';
import { barriers, cutOff, launchBrowser, visit, whyNoBrowser } from './browser.js';
import { REPOSITORY, runCommand } from './program.js';

/** `npx quadrille live` in a folder, with the address of its page. */
export interface LivePage {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startLive(folder: string): Promise<LivePage> {
  const command = join(REPOSITORY, 'packages/cli/bin/quadrille.mjs');
  const program = runCommand([process.execPath, command, 'live', '--port', '0'], {}, folder);
  await program.untilPrinted(/http:\/\/127\.0\.0\.1:\d+/);
  return {
    url: /http:\/\/\S+/.exec(program.output().stdout)![0],
    async stop() {
      program.signal('SIGINT');
      expect(await program.ended()).toBe(0);
    },
  };
}

/** Reads the states of a page until one matches. */
export async function untilShown<State>(url: string, matches: (state: State) => boolean): Promise<State> {
  const stopping = new AbortController();
  const { body } = await fetch(`${url}/live`, { signal: stopping.signal });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const data = /^event: state\ndata: (.+)$/.exec(part)?.[1];
      if (data === undefined || !matches(JSON.parse(data))) continue;
      stopping.abort();
      return JSON.parse(data) as State;
    }
  }
  throw new Error('The stream has ended.');
}

/** Opens the page in a browser, if there is one: two sagas have ended, one waits for the oven. */
export async function showsTheBakery(url: string, waiting: string): Promise<void> {
  if (whyNoBrowser) return console.log(`The page is not opened: ${whyNoBrowser}.`);
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await visit(browser, url);
    await page.goto('/');
    await page.getByText('live', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'bakery' }).waitFor();
    await page.getByLabel('Service oven').getByText('BreadBaked 1').waitFor();
    await page.getByText('TAKEN_BACK').waitFor();
    await page.getByText(waiting).click();
    await page.getByText('waits for bake-bread of oven').waitFor();
    await page.getByRole('cell', { name: 'POST /orders' }).first().waitFor();
    expect([...(await barriers(page)), ...(await cutOff(page)), ...complaints]).toEqual([]);
  } finally {
    await browser.close();
  }
}
