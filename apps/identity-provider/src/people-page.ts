import { createHash } from 'node:crypto';
import { PEOPLE, type Person } from './people.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 30rem; margin: 4rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
p { margin: 0 0 1.5rem; opacity: .8; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
a { display: block; padding: .8rem 1rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .6rem; color: inherit; text-decoration: none; }
a:hover, a:focus-visible { outline: 2px solid #5468d4; }
b, small { display: block; }
small { opacity: .8; }
`;

/** No scripts, external resources or frames; the style is allowed by its hash. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page with the persons. Each is a link to the same request with the person as a parameter. */
export const peoplePage = (query: Readonly<Record<string, string>>): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Who are you?</h1>
<p>An identity provider for demonstrations, without passwords.</p>
<ul>
${PEOPLE.map((person) => link(query, person)).join('\n')}
</ul>
</main>
</body>
</html>
`;

const link = (query: Readonly<Record<string, string>>, { key, name, about }: Person): string => {
  // URLSearchParams escapes all characters of the request with a meaning in HTML, except ampersands.
  const search = new URLSearchParams({ ...query, person: key }).toString().replaceAll('&', '&amp;');
  return `<li><a href="?${search}"><b>${name}</b><small>${about}</small></a></li>`;
};
