// Writes the public API of each published package as reports, which show its changes: node infra/release/api.mjs [--check] [--reference]
// The folder is docs/generated/api. With --check it stays unchanged: stale reports are named, and the exit code is 1. With --reference the pages of
// the API reference are written to .reference. Each export needs a sentence about its purpose. Build first.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { entriesOf } from './manifest.mjs';
import { publishedFolders } from './published.mjs';
import { undocumentedIn, writeReference } from './reference.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = join(root, 'docs/generated/api');
const isCheck = process.argv.includes('--check');
const temporary = mkdtempSync(join(tmpdir(), 'quadrille-api-'));
mkdirSync(reports, { recursive: true });

const OPTIONS = { target: 'es2023', module: 'nodenext', moduleResolution: 'nodenext', strict: true, types: ['node'] };
const QUIET = { default: { logLevel: 'none' } };

const configs = new Map(publishedFolders(root).flatMap(configsOf));
// One compilation for all saves half a minute.
const [first, ...others] = configs.values();
const additionalEntryPoints = others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
const compilerState = CompilerState.create(first, { additionalEntryPoints });

const stale = [];
for (const [name, config] of configs) {
  const messageCallback = (message) => {
    message.handled = true;
  };
  if (Extractor.invoke(config, { compilerState, localBuild: !isCheck, messageCallback }).apiReportChanged)
    stale.push(name);
}
for (const file of readdirSync(reports)) {
  if (configs.has(file.replace('.api.md', ''))) continue;
  stale.push(file);
  if (!isCheck) rmSync(join(reports, file));
}
const undocumented = undocumentedIn(temporary);
const isWritten = !process.argv.includes('--reference') || writeReference(temporary, join(root, '.reference'), root);
rmSync(temporary, { recursive: true });
console.log(
  stale.length === 0 ? 'docs/generated/api is up to date.' : `${isCheck ? 'Stale' : 'Wrote'}: ${stale.join(', ')}.`,
);
if (undocumented.length > 0) {
  console.error(`Exports without a sentence:\n${undocumented.join('\n')}`);
  process.exit(1);
}
if (!isWritten) process.exit(1);
if (isCheck && stale.length > 0) {
  console.error('Run npm run generate and commit the result: it shows reviewers the changes for users.');
  process.exit(1);
}

/** Returns the configuration of each entry point of a package, by the name of its report. */
function configsOf(folder) {
  const source = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return entriesOf(source).map(([subpath, module]) => {
    const name = `${source.name.slice('@quadrille/'.length)}${subpath.slice(1).replaceAll('/', '.')}`;
    return [name, configOf(folder, module, name)];
  });
}

function configOf(folder, module, name) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, 'dist', `${module}.d.ts`),
      compiler: { overrideTsconfig: { compilerOptions: OPTIONS } },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: reports,
        reportTempFolder: temporary,
      },
      docModel: { enabled: true, apiJsonFilePath: join(temporary, `${name}.api.json`) },
      newlineKind: 'lf',
      messages: { extractorMessageReporting: QUIET, tsdocMessageReporting: QUIET, compilerMessageReporting: QUIET },
    },
  });
}
