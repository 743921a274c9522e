import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

const LINKS = [
  ['/docs', 'the API, to read and to try'],
  ['/openapi.json', 'the same for programs'],
  ['/sagas', 'all sagas; <code>?state=running&amp;older-than=60</code> finds those that hang'],
  ['/events', 'what happens now, as server-sent events; <code>?orderId=…</code> for one order'],
  ['/unreadable-records', 'records on the topics that could not be read'],
  ['/health/ready', 'how the storefront is'],
] as const;

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Quadrille</title></head>
<body>
<h1>Quadrille</h1>
<p>The read side of the shop: it hears every topic, and shows every saga.
<code>/timeline/…</code> followed by an order’s id is the evidence of one.</p>
<ul>
${LINKS.map(([href, what]) => `<li><a href="${href}">${href}</a>: ${what}</li>`).join('\n')}
</ul>
</body>
</html>
`;

/** For people who open the address in a browser. */
@ApiExcludeController()
@Controller()
export class WelcomeController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  welcome(): string {
    return PAGE;
  }
}
