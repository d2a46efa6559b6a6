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
 * Start a generator of elements of `element_size` bytes: a task that runs function(argument), at most one element ahead
 * of its reader. `argument` stays the caller's. The caller frees the generator.
 *
 * Returns its handle; LULL_EINVAL for a size of 0 or no function; LULL_ENOMEM; LULL_ECLOSED while the instance closes.
 */
lull_generator lull_generate(size_t element_size, lull_function function, void *argument);

/*
 * The next element, into `element`; NULL: drop it. May suspend.
 * Returns 0; LULL_ECLOSED where there are no more; the status with which the generator failed, on every call, whose
 * error is then lull_last_error; LULL_ESRCH; else as lull_yield_to.
 */
LULL_NODISCARD int lull_next(lull_generator generator, void *element);

/*
 * Free a generator. If its task has not ended, it is cancelled, and ends at its next element at the latest; its defers
 * run. A failure that the reader has not received is reported. Returns 0; LULL_ESRCH.
 */
int lull_generator_free(lull_generator generator);

/*
 * In a generator's task, at any depth of calls: hand out a copy of an element, of the generator's type, and wait until
 * the next one is asked for. If the generator has been freed, the task ends here, and its defers run. May suspend.
 * Traps outside of a generator.
 */
void lull_emit_element(const void *element);

#endif
