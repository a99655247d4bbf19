// Tries laws in the tree that this file stands in: of the named records, or of random programs. Prints what it found as one line of JSON.
// A process of its own, so that each mutant is met by modules loaded afresh.
import { LawError, primitive, programs } from '../../laws/index.ts';
import { primitiveByName } from '../../src/primitive/index.ts';
import type { LawFinding } from './kill.ts';

const [, , seedText = '1', ...subjects] = process.argv;
const seed = Number(seedText);

function find(): LawFinding {
  for (const subject of subjects) {
    try {
      if (subject === 'laws.programs') { programs({ runs: 60, seed }); continue; }
      const record = primitiveByName(subject);
      if (record === undefined) throw new Error(`no primitive is named ${subject}`);
      primitive(record, { runs: 40, seed });
    } catch (error) {
      if (error instanceof LawError) return { broken: `law ${error.law}: ${error.lawName}`, message: error.message };
      throw error;
    }
  }
  return { broken: null, message: '' };
}
console.log(JSON.stringify(find()));
