import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../ancestors.mjs';
import { type Identity, identityOf, stillRuns } from './identity.js';

type Owner = Identity & { command: string };

const CLAIMS = 'claims';
const OWNER = 'owner.json';
const GIVEN_BACK = 'given-back.json';
/** Each try fails only if another process was faster; so many never compete. */
const MOST_TRIES = 1_000;

/**
 * Makes this process the exclusive user of a data folder until it ends. Call it before reading, changing or starting anything
 * there. Throws one sentence that names the owner. `remedy`: the alternative for the user.
 *
 * Claims are numbered, and the highest owns the folder. To follow an owner that is dead or has released the folder, a process creates
 * the next number by renaming a complete folder, which the file system allows only once. A number is removed only by a higher one,
 * so a slower process sees the higher number afterwards.
 */
export function claimFolder(folder: string, remedy = 'choose another folder with QUADRILLE_DATA_DIR'): void {
  const claims = join(folder, CLAIMS);
  mkdirSync(claims, { recursive: true });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const highest = highestIn(claims);
    const owner = ownerOf(claims, highest);
    if (owner && stillRuns(owner)) throw new Error(inUse(folder, owner, remedy));
    const mine = highest + 1;
    if (make(claims, mine) && highestIn(claims) === mine) {
      for (const name of readdirSync(claims)) if (name !== String(mine)) remove(claims, name);
      process.once('exit', () => release(claims, mine));
      return;
    }
  }
  throw new Error(`${folder} cannot be claimed: too many concurrent starts.`);
}

const inUse = (folder: string, { pid, command }: Owner, remedy: string): string =>
  `${folder} is in use by process ${pid} (${command}): stop that process first, or ${remedy}.`;

/** 0 without claims. */
const highestIn = (claims: string): number =>
  Math.max(0, ...readdirSync(claims).map((name) => (/^\d+$/.test(name) ? Number(name) : 0)));

/** Undefined if the claim was released or is being removed, or is truncated after a power failure. */
function ownerOf(claims: string, number: number): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(claims, String(number), OWNER), 'utf8')) as Owner;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** False if the claim exists already. */
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
    // ENOENT: a faster process removed the draft. Windows returns EPERM if the folder exists.
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function release(claims: string, number: number): void {
  try {
    renameSync(join(claims, String(number), OWNER), join(claims, String(number), GIVEN_BACK));
  } catch {
    // The folder was removed, so there is nothing to release.
  }
}

const remove = (claims: string, name: string): void => rmSync(join(claims, name), { recursive: true, force: true });
