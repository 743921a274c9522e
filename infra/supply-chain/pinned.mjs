// Images by digest instead of by tag, as a file for `docker compose` beside docker-compose.yml.
import { parse, stringify } from 'yaml';

/** The argument of the Dockerfile that names what everything is built on, and its default. */
const BASE = /^ARG NODE_IMAGE=(\S+)$/m;

/** The images that are pulled, by service, and what the build stands on. */
export function pulledImages(compose, dockerfile) {
  const { services } = parse(compose, { merge: true });
  const pulled = Object.entries(services).filter(([, { image }]) => !image.includes('$'));
  const built = Object.entries(services).filter(([, { build }]) => build);
  const base = BASE.exec(dockerfile)?.[1];
  if (!base) throw new Error('The Dockerfile has no "ARG NODE_IMAGE=…".');
  return {
    images: Object.fromEntries(pulled.map(([name, { image }]) => [name, image])),
    built: built.map(([name]) => name),
    base,
  };
}

/** The file. `digests`: `sha256:…` by image. */
export function pinnedFile({ images, built, base }, digests, day) {
  const pin = (image) => {
    if (!/^sha256:[0-9a-f]{64}$/.test(digests[image] ?? '')) throw new Error(`There is no digest of ${image}.`);
    return `${image}@${digests[image]}`;
  };
  const services = {
    ...Object.fromEntries(built.map((name) => [name, { build: { args: { NODE_IMAGE: pin(base) } } }])),
    ...Object.fromEntries(Object.entries(images).map(([name, image]) => [name, { image: pin(image) }])),
  };
  return `# Written by npm run images:pin on ${day}. docker compose -f docker-compose.yml -f docker-compose.pinned.yml up\n${stringify({ services }, { lineWidth: 0 })}`;
}
