import type { Child } from '../process/child.js';
import type { ClientListener, ClusterNode } from './settings.js';

/**
 * The parameters of a broker. dataDir: persistent. port: for clients. settings: additional. users: may log in
 * with the prepared passwords; without users, access is open.
 */
export type Place = {
  dataDir: string;
  port: number;
  extraListener?: ClientListener;
  settings?: Record<string, string>;
  users?: readonly string[];
  node?: ClusterNode;
};

/** A launcher of a broker on this machine. */
export type Launcher = {
  /** A description. */
  how: string;
  /** Starts the broker without waiting until it is ready; its log is `kafka.log` in dataDir. */
  launch(place: Place): Promise<Child>;
  /** Cleans up after the broker has ended for any reason. */
  ended(place: Place): Promise<void>;
};

/** A launcher, or the reason for its absence as half a sentence. */
export type LauncherOrReason = Launcher | string;

/** Called with a description of slow work. */
export type Progress = (line: string) => void;

/** The version of the jars, the image and the compose file. */
export const KAFKA_VERSION = '4.3.1';
