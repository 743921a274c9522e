import { type Point, pointAt } from './geometry.js';

/** Travel time of an event in milliseconds: slower than real, so that the eye can follow. */
const TRAVEL_MS = 1_250;
/** Maximum number of concurrent particles. */
const MAX_PARTICLES = 260;
const RADIUS = 3.6;
/** Length of a particle's trail, as a share of its path. */
const TRAIL = 0.05;

interface Particle {
  readonly path: readonly Point[];
  readonly back: boolean;
  /** By the clock of animation frames. */
  readonly from: number;
}

/** The colours of forward events and of compensation. */
export interface Palette {
  readonly forward: string;
  readonly back: string;
}

/** Draws moving events on a canvas; an idle canvas costs nothing. */
export class Particles {
  private particles: Particle[] = [];
  private frame = 0;
  private palette: Palette = { forward: 'currentcolor', back: 'currentcolor' };

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Set before the first particle and after a colour change: reading styles per frame is too slow. */
  dress(palette: Palette): void {
    this.palette = palette;
  }

  /** Adds a particle after a delay in milliseconds. */
  enter(path: readonly Point[], back: boolean, delayMs: number): void {
    if (this.particles.length >= MAX_PARTICLES) return;
    this.particles.push({ path, back, from: performance.now() + delayMs });
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  /** Removes all particles. */
  clear(): void {
    this.particles = [];
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.canvas.getContext('2d')?.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private draw(now: number): void {
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const scale = this.canvas.width / Math.max(1, this.canvas.clientWidth);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    context.lineCap = 'round';
    this.particles = this.particles.filter(({ from }) => now < from + TRAVEL_MS);
    for (const particle of this.particles) {
      if (now >= particle.from) drawParticle(context, particle, (now - particle.from) / TRAVEL_MS, this.palette);
    }
    this.frame = this.particles.length > 0 ? requestAnimationFrame((next) => this.draw(next)) : 0;
    if (this.frame === 0) context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
  }
}

function drawParticle(
  context: CanvasRenderingContext2D,
  { path, back }: Particle,
  share: number,
  palette: Palette,
): void {
  const colour = back ? palette.back : palette.forward;
  const here = pointAt(path, share);
  const before = pointAt(path, share - TRAIL);
  // Not across a corner.
  if (before.x === here.x || before.y === here.y) {
    context.globalAlpha = 0.3;
    context.strokeStyle = colour;
    context.lineWidth = RADIUS * 1.3;
    context.beginPath();
    context.moveTo(before.x, before.y);
    context.lineTo(here.x, here.y);
    context.stroke();
  }
  context.globalAlpha = Math.min(1, (1 - share) * 12);
  context.fillStyle = colour;
  context.beginPath();
  // Compensation is a diamond: never distinguished by colour alone.
  if (back) diamond(context, here);
  else context.arc(here.x, here.y, RADIUS, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
}

function diamond(context: CanvasRenderingContext2D, { x, y }: Point): void {
  const reach = RADIUS * 1.35;
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.closePath();
}
