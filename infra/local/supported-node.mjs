/** The oldest supported Node: major and minor version. CI uses it and the version line of the images. */
export const OLDEST_NODE = [22, 22];

/** Whether this Node is supported. */
export function isSupported() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}
