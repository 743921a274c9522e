import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../ancestors.mjs';
import { type Identity, identityOf, stillRuns } from './identity.js';

type Owner = Identity & { command: string };

const CLAIMS = 'claims';
const OWNER = 'owner.json';
const GIVEN_BACK = 'given-back.json';
/** Each time somebody else was faster; more never meet in one moment. */
const MOST_TRIES = 1_000;

/**
 * Makes this process the only one that uses a data folder, until it ends. To be called before anything in there is looked at, changed
 * or started. Throws one sentence that names who has it.
 *
 * Claims are numbered, and the folder belongs to the highest: whoever wants to follow an owner that is dead or gave it back makes the
 * next number, by renaming a folder that is complete, which the file system lets one do. A number is taken away only by a higher one,
 * so who was late sees that one afterwards.
 */
export function claimFolder(folder: string): void {
  const claims = join(folder, CLAIMS);
  mkdirSync(claims, { recursive: true });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const highest = highestIn(claims);
    const owner = ownerOf(claims, highest);
    if (owner && stillRuns(owner)) throw new Error(inUse(folder, owner));
    const mine = highest + 1;
    if (make(claims, mine) && highestIn(claims) === mine) {
      for (const name of readdirSync(claims)) if (name !== String(mine)) remove(claims, name);
      process.once('exit', () => giveBack(claims, mine));
      return;
    }
  }
  throw new Error(`${folder} cannot be claimed: too many want it at once.`);
}

const inUse = (folder: string, { pid, command }: Owner): string =>
  `${folder} is in use by process ${pid} (${command}): stop that process first, or choose another folder with QUADRILLE_DATA_DIR.`;

/** 0 while there is none. */
const highestIn = (claims: string): number =>
  Math.max(0, ...readdirSync(claims).map((name) => (/^\d+$/.test(name) ? Number(name) : 0)));

/** Undefined when it was given back, or is just being taken away; or is cut short, because the machine lost its power. */
function ownerOf(claims: string, number: number): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(claims, String(number), OWNER), 'utf8')) as Owner;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** False when there is such a claim already. */
function make(claims: string, number: number): boolean {
  const draft = join(claims, `draft-${process.pid}-${randomBytes(6).toString('hex')}`);
  const owner = { ...identityOf(process.pid), command: commandLine(process.pid) };
  try {
    mkdirSync(draft);
    writeFileSync(join(draft, OWNER), JSON.stringify(owner));
    renameSync(draft, join(claims, String(number)));
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // ENOENT: the draft was taken away by who was faster. Windows says EPERM of a folder that is there already.
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function giveBack(claims: string, number: number): void {
  try {
    renameSync(join(claims, String(number), OWNER), join(claims, String(number), GIVEN_BACK));
  } catch {
    // Somebody removed the folder; nobody is left to tell.
  }
}

const remove = (claims: string, name: string): void => rmSync(join(claims, name), { recursive: true, force: true });
