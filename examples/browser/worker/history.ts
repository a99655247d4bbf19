// Numbers over steps for a curve that stays short however long the run is: when it is full, neighbours become their mean.
export interface History {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly add: (step: number, value: number) => void;
}

export function history(atMost: number): History {
  const [x, y]: [number[], number[]] = [[], []];
  let [each, sum, gathered] = [1, 0, 0];
  return {
    x, y,
    add(step, value) {
      [sum, gathered] = [sum + value, gathered + 1];
      if (gathered < each) return;
      x.push(step);
      y.push(sum / gathered);
      [sum, gathered] = [0, 0];
      if (x.length < atMost) return;
      for (let k = 0; 2 * k + 1 < x.length; k++) [x[k], y[k]] = [x[2 * k + 1] ?? 0, ((y[2 * k] ?? 0) + (y[2 * k + 1] ?? 0)) / 2];
      [x.length, y.length, each] = [Math.floor(x.length / 2), Math.floor(y.length / 2), 2 * each];
    },
  };
}
