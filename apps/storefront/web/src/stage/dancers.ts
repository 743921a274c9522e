import { type Point, pointAt } from './staff-geometry.js';

/** How long an event is under way, in milliseconds: slower than it is, so that an eye can follow. */
const TRAVEL_MS = 1_250;
/** More are not shown at once, whatever happens. */
const MAX_DANCERS = 260;
const RADIUS = 3.6;
/** How much of its way a dancer's trail is long. */
const TRAIL = 0.05;

interface Particle {
  readonly path: readonly Point[];
  readonly back: boolean;
  /** Of the clock of the browser's frames. */
  readonly from: number;
}

/** The colours of the way forward and of the way back. */
export interface Palette {
  readonly forward: string;
  readonly back: string;
}

/** Draws events that move, on a canvas, as long as there are any; a still canvas costs nothing. */
export class Particles {
  private particles: Particle[] = [];
  private frame = 0;
  private palette: Palette = { forward: 'currentcolor', back: 'currentcolor' };

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** To be told before they enter, and when the colours change: a frame has no time to ask for them. */
  dress(palette: Palette): void {
    this.palette = palette;
  }

  /** Lets one begin after a delay in milliseconds. */
  enter(path: readonly Point[], back: boolean, delayMs: number): void {
    if (this.particles.length >= MAX_DANCERS) return;
    this.particles.push({ path, back, from: performance.now() + delayMs });
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  /** Nobody dances any more. */
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
    for (const dancer of this.particles) {
      if (now >= dancer.from) drawDancer(context, dancer, (now - dancer.from) / TRAVEL_MS, this.palette);
    }
    this.frame = this.particles.length > 0 ? requestAnimationFrame((next) => this.draw(next)) : 0;
    if (this.frame === 0) context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
  }
}

function drawDancer(
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
  // The way back is a diamond: never colour alone.
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
