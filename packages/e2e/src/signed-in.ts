/** Fetches an address that a browser would open; some names are known to browsers only. */
type Open = (url: string) => string;

/** Signs in at a storefront as a browser does; returns its cookies as a header. */
export async function signInAt(shop: string, person: string, open: Open = (url) => url): Promise<{ cookie: string }> {
  const cookies = new Map<string, string>();
  const visit = async (url: string): Promise<string> => {
    const { headers } = await fetch(url, { redirect: 'manual', headers: headerOf(cookies) });
    for (const line of headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      cookies.set(name!, value!);
    }
    return headers.get('location')!;
  };
  const page = await visit(`${shop}/sign-in`);
  const { headers } = await fetch(open(`${page}&person=${person}`), { redirect: 'manual' });
  await visit(headers.get('location')!);
  return headerOf(cookies);
}

const headerOf = (cookies: ReadonlyMap<string, string>): { cookie: string } => ({
  cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
});
