// Writes a file for `docker compose`, in addition to docker-compose.yml, with images by digest instead of by tag.
import { parse, stringify } from 'yaml';

/** The argument of the Dockerfile with the base image, and its default. */
const BASE = /^ARG NODE_IMAGE=(\S+)$/m;

/** Returns the pulled images by service, the built services, and the base image. */
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

/** Returns the content of the file. `digests`: `sha256:…` by image. */
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
