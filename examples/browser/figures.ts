// What the page shows of numbers: images of digits, bars of probabilities, digits with what they are taken for, curves. DOM in, nothing out.
import type { Judged } from './messages.ts';

/** Nearly all is not all. */
export const percent = (share: number): string => share > 0.99 && share < 1 ? '> 99 %' : `${Math.round(100 * share)} %`;

/** A grey image of 28 x 28 as ink: its colour is the style sheet's business. */
export function paintDigit(canvas: HTMLCanvasElement, greys: Uint8Array): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const picture = context.createImageData(28, 28);
  greys.forEach((grey, pixel) => { picture.data[4 * pixel + 3] = grey; });
  context.putImageData(picture, 0, 0);
}

/** Ten bars, one for each digit; gives what sets them, null for nothing. */
export function barsIn(list: HTMLOListElement): (probabilities: Float32Array | null) => void {
  const bars = Array.from({ length: 10 }, (_, digit) => {
    const [item, name, track, bar, share] = [document.createElement('li'), document.createElement('span'), document.createElement('span'), document.createElement('span'), document.createElement('span')];
    name.textContent = String(digit);
    [track.className, bar.className, share.className] = ['track', 'bar', 'share'];
    track.append(bar);
    item.append(name, track, share);
    list.append(item);
    return { item, bar, share };
  });
  return probabilities => {
    const best = probabilities === null ? -1 : probabilities.indexOf(Math.max(...probabilities));
    bars.forEach(({ item, bar, share }, digit) => {
      const p = probabilities?.[digit] ?? 0;
      bar.style.setProperty('inline-size', `${100 * p}%`);
      share.textContent = probabilities === null ? '' : percent(p);
      item.classList.toggle('best', digit === best);
    });
  };
}

/** Digits, each with what it is taken for; before anything was learned, with a question mark. */
export function samplesIn(list: HTMLUListElement): (judged: Judged, learned: boolean) => void {
  return ({ images, labels, guesses, confidence }, learned) => {
    while (list.children.length > labels.length) list.lastElementChild?.remove();
    labels.forEach((label, k) => {
      let item = list.children.item(k);
      if (item === null) {
        item = document.createElement('li');
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 28;
        canvas.setAttribute('role', 'img');
        item.append(canvas, document.createElement('span'));
        list.append(item);
      }
      const guess = guesses[k] ?? 0;
      const right = guess === label;
      const canvas = item.querySelector('canvas');
      if (canvas !== null) {
        paintDigit(canvas, images.subarray(784 * k, 784 * (k + 1)));
        canvas.setAttribute('aria-label', `A drawn ${label}`);
      }
      const words = item.querySelector('span');
      if (words !== null) words.textContent = !learned ? '?' : right ? String(guess) : `${guess}, is ${label}`;
      item.classList.toggle('wrong', learned && !right);
      item.setAttribute('title', learned ? `A ${label}, read as ${guess} (${percent(confidence[k] ?? 0)})` : `A ${label}, not read yet`);
    });
  };
}

/** Shows a picture of Cotangent's `plot`. Read as XML, so that no string is markup of the page. */
export function showCurve(figure: HTMLElement, svg: string): void {
  const { documentElement } = new DOMParser().parseFromString(svg, 'image/svg+xml');
  figure.replaceChildren(document.importNode(documentElement, true));
}
