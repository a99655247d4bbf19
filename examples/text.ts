// A small text for language models to learn from, written for these examples, and the reading of a larger one.
import { io } from 'cotangent';
import { isLeft } from '../src/fp.ts';

const lighthouse = `The keeper climbs the stair at night,
a hundred steps of stone, to light
the lamp that looks across the bay
and tells the ships to keep away.

The ships go by, the ships go home,
they cut the dark, they cut the foam,
and none that passes in the night
will see the hand behind the light.

The wind comes down, the wind is cold,
the stair is steep, the stone is old,
but every night the lamp is lit
and every ship is warned by it.

A hundred steps, a hundred more,
the sea is knocking at the door,
the door is shut, the lamp is bright,
the keeper reads and writes all night.

He writes about the ships that pass,
the rain that runs along the glass,
the gulls that sleep, the stars that turn,
the oil that is left to burn.

And when the morning finds the sea,
as grey and wide as it can be,
he puts the lamp and pencil down
and looks for smoke above the town.

The town is small and far away,
a line of roofs across the bay,
and there his daughter, out of bed,
will see that now the lamp is dead.

She waves to him, he cannot see,
he waves to her across the sea,
and both of them, as people do,
believe the other saw it too.

Then down the stair, a hundred steps,
and then he eats, and then he sleeps,
and in his sleep the ships go by,
and none is lost beneath the sky.
`;

/** The text of a file, or the one above. */
export async function textOf(file: string | undefined): Promise<string> {
  if (file === undefined) return lighthouse;
  const text = io.readText(await io.readFile(file), file);
  if (isLeft(text)) throw text.left;
  return text.right;
}
