/*
 * Generators: tasks that hand out one element after another. Included by lull.h.
 *
 *     LULL_GENERATOR(int, countdown, (int, from))      in lull_boundary.h: JavaScript can run it, too
 *     {
 *         while (from > 0) lull_emit(from--);
 *     }
 *     …
 *     lull_generator numbers = countdown(3);
 *     while (lull_next(numbers, &n) == 0) printf("%d\n", n);
 *     lull_generator_free(numbers);
 *
 * After Python's and JavaScript's generators.
 */
#ifndef LULL_GENERATOR_H
#define LULL_GENERATOR_H

typedef int64_t lull_generator;

/*
 * Start a generator of elements of `element_size` bytes: a task that runs function(argument), and waits wherever it has
 * an element that nobody has asked for yet. `argument` stays the caller's. Whoever starts a generator frees it.
 *
 * Returns its handle; LULL_EINVAL for a size of 0 or no function; LULL_ENOMEM; LULL_ECLOSED while the instance closes.
 */
lull_generator lull_generate(size_t element_size, lull_function function, void *argument);

/*
 * The next element, into `element`; NULL: drop it. May suspend.
 * Returns 0; LULL_ECLOSED where there are no more; the status with which the generator failed, whose error is then
 * lull_last_error, each time that somebody asks; LULL_ESRCH; else as lull_yield_to.
 */
LULL_NODISCARD int lull_next(lull_generator generator, void *element);

/*
 * Free a generator. One that has not ended is left: it is cancelled, and ends at the latest where it would hand out its
 * next element; its defers run. A failure that nobody has got is reported. Returns 0; LULL_ESRCH.
 */
int lull_generator_free(lull_generator generator);

/*
 * In a generator's task, at any depth of calls: hand out a copy of an element, of the generator's type, and wait until
 * the next one is asked for. Where nobody wants any more, the task ends here, and its defers run. May suspend. Traps
 * outside of a generator.
 */
void lull_emit_element(const void *element);

#endif
