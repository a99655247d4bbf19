// A sheet of paper to draw on, by mouse, touch, pen or keyboard: strokes in units of its side. Knows nothing of digits.
import type { Stroke } from './messages.ts';

export interface Pad {
  readonly strokes: () => readonly Stroke[];
  readonly undo: () => void;
  readonly clear: () => void;
}

/** How wide the pen is, and how far it goes at one key, in units of the side. */
const [width, stride] = [0.062, 0.04];

/** Makes a canvas a sheet of paper; `changed` is called when its strokes did. */
export function padOf(canvas: HTMLCanvasElement, changed: () => void): Pad {
  const context = canvas.getContext('2d');
  let strokes: number[][] = [];
  let open: number[] | null = null;
  /** Where the pen of the keyboard is, and whether it is down. */
  const pen = { x: 0.5, y: 0.25, down: false, shown: false };

  const paint = (): void => {
    if (context === null) return;
    const side = canvas.width;
    const { color, outlineColor } = getComputedStyle(canvas);
    context.clearRect(0, 0, side, side);
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = color;
    context.lineWidth = width * side;
    for (const stroke of strokes) {
      const at = (k: number): readonly [number, number] => [side * (stroke[2 * k] ?? 0), side * (stroke[2 * k + 1] ?? 0)];
      const last = stroke.length / 2 - 1;
      context.beginPath();
      context.moveTo(...at(0));
      // Through the middles of the pieces, bent towards the points: no corners where the pointer was quick.
      for (let k = 1; k < last; k++) {
        const [[x, y], [nextX, nextY]] = [at(k), at(k + 1)];
        context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
      }
      context.lineTo(...at(last));
      context.stroke();
    }
    if (!pen.shown) return;
    context.strokeStyle = outlineColor;
    context.lineWidth = side / 120;
    context.beginPath();
    context.arc(side * pen.x, side * pen.y, side * (pen.down ? width / 2 : width), 0, 2 * Math.PI);
    context.stroke();
  };
  const change = (): void => { paint(); changed(); };
  const fit = (): void => {
    const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
    paint();
  };

  const place = ({ clientX, clientY }: PointerEvent): readonly [number, number] => {
    const { left, top, width: w, height: h } = canvas.getBoundingClientRect();
    const within = (v: number): number => Math.min(1, Math.max(0, v));
    return [within((clientX - left) / w), within((clientY - top) / h)];
  };
  canvas.addEventListener('pointerdown', event => {
    if (!event.isPrimary || event.button !== 0) return;
    pen.shown = pen.down = false;
    open = [...place(event)];
    strokes.push(open);
    // A pointer that has gone already cannot be held.
    try { canvas.setPointerCapture(event.pointerId); } catch { /* Then it draws on the sheet only. */ }
    change();
  });
  canvas.addEventListener('pointermove', event => {
    if (open === null || !event.isPrimary) return;
    const between = event.getCoalescedEvents();
    for (const each of between.length > 0 ? between : [event]) {
      const [x, y] = place(each);
      // Points that are nearer than the eye can tell say nothing.
      if (Math.hypot(x - (open.at(-2) ?? 2), y - (open.at(-1) ?? 2)) > 0.004) open.push(x, y);
    }
    change();
  });
  const lift = (event: PointerEvent): void => { if (event.isPrimary) open = null; };
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) canvas.addEventListener(end, lift);

  const undo = (): void => { strokes.pop(); [open, pen.down] = [null, false]; change(); };
  const clear = (): void => { [strokes, open, pen.down] = [[], null, false]; change(); };
  const step = (dx: number, dy: number): void => {
    [pen.x, pen.y] = [Math.min(0.95, Math.max(0.05, pen.x + dx)), Math.min(0.95, Math.max(0.05, pen.y + dy))];
    if (pen.down) { strokes.at(-1)?.push(pen.x, pen.y); change(); } else paint();
  };
  const press = (): void => {
    pen.down = !pen.down;
    if (pen.down) { strokes.push([pen.x, pen.y]); change(); } else paint();
  };
  const keys = new Map<string, () => void>([
    ['ArrowLeft', () => { step(-stride, 0); }], ['ArrowRight', () => { step(stride, 0); }], ['ArrowUp', () => { step(0, -stride); }], ['ArrowDown', () => { step(0, stride); }],
    [' ', press], ['Backspace', undo], ['Escape', clear],
  ]);
  canvas.addEventListener('keydown', event => {
    const act = keys.get(event.key);
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    pen.shown = true;
    act();
  });
  canvas.addEventListener('focus', () => { pen.shown = canvas.matches(':focus-visible'); paint(); });
  canvas.addEventListener('blur', () => { pen.shown = pen.down = false; paint(); });

  new ResizeObserver(fit).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  fit();
  return { strokes: () => strokes, undo, clear };
}
