import type { Child } from '../process/child.js';
import type { ClientListener } from './settings.js';

/**
 * What a broker is started with. dataDir: kept over restarts. port: where clients reach it. settings: beside ours. users: who may log in
 * with the passwords that were prepared; without them everybody may come in.
 */
export type Place = {
  dataDir: string;
  port: number;
  sideDoor?: ClientListener;
  settings?: Record<string, string>;
  users?: readonly string[];
};

/** One way to have a broker on this machine. */
export type Launcher = {
  /** In words for people. */
  how: string;
  /** Starts the broker without waiting until it is ready; its log goes to `kafka.log` in dataDir. */
  launch(place: Place): Promise<Child>;
  /** To be done once the broker has ended, in an orderly way or not. */
  ended(place: Place): Promise<void>;
};

/** A way, or a half sentence that says why there is none. */
export type LauncherOrReason = Launcher | string;

/** Told what is being done when it takes long. */
export type Progress = (line: string) => void;

/** The version that the jars, the image and the compose file agree on. */
export const KAFKA_VERSION = '4.3.1';
