// Finds broken relative links in Markdown: node infra/checks/links.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Code blocks and inline code are excluded, because their content is not a link. */
const CODE = /^(```|~~~)[\s\S]*?^\1|`[^`\n]*`/gm;
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s+(\S+)|\b(?:href|src)="([^"]+)"/gm;
const ELSEWHERE = /^[a-z][a-z0-9+.-]*:|^\/\//i;

const git = ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'];
const documents = execFileSync('git', git, { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

const text = (path) => readFileSync(join(root, path), 'utf8');

/** The anchors of a document's headings, as GitHub generates them. */
const anchorsOf = (path) =>
  [
    ...text(path)
      .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
      .matchAll(/^#+\s+(.+?)\s*#*$/gm),
  ].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The reason why a link is broken; undefined if it is not. */
function whyBroken(document, target) {
  const [path, anchor] = decodeURI(target).split('#');
  const file = path === '' ? document : path.startsWith('/') ? path.slice(1) : join(dirname(document), path);
  if (file.startsWith('..')) return 'is outside the repository';
  if (!existsSync(join(root, file))) return 'does not exist';
  if (!anchor || !file.endsWith('.md') || statSync(join(root, file)).isDirectory()) return undefined;
  return anchorsOf(file).includes(anchor) ? undefined : 'has no heading with this anchor';
}

let links = 0;
const broken = documents.flatMap((document) =>
  [...text(document).replace(CODE, '').matchAll(LINK)].flatMap(([, inline, reference, attribute]) => {
    const target = inline ?? reference ?? attribute;
    if (ELSEWHERE.test(target)) return [];
    links++;
    const why = whyBroken(document, target);
    return why ? [`${document}: ${target} ${why}`] : [];
  }),
);

for (const each of broken) console.error(each);
if (broken.length > 0) process.exit(1);
console.log(`${links} relative links in ${documents.length} documents are valid.`);
