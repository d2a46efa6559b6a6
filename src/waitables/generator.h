/* Generators, for the boundary. */
#ifndef LULL_GENERATOR_INTERNAL_H
#define LULL_GENERATOR_INTERNAL_H

#include "lull.h"

/* lull_generate, with a task that is spawned with these options, and returned in *started. As lull__spawn. */
lull_generator lull__generate(size_t element_size, const lull_spawn_options *options, lull_task *started);

#endif
