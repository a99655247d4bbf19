// What a signature makes of a rule's answer, which is a shape or a message. Floor 0.
import type { Shape } from './dim.ts';
import type { Fits, Only, Same } from './same.ts';

/** The type of the parameter that is to blame: the rule's message where it has one, else `T`; `T`, too, of an answer that is never, which follows a mistake. */
export type Check<Answer, T, K = unknown> = Fits<Answer, string, K> extends true ? Same<Answer, never, K> extends true ? T : Answer : T;
/** The type of the result: the rule's shape, never where it has a message, so that one mistake is one error. */
export type Ok<Answer, K = unknown> = Only<Answer, Shape, K>;
/** The rule that is asked first where it has a message, else the second. */
export type Both<First, Second, K = unknown> = Fits<First, string, K> extends true ? First : Second;
