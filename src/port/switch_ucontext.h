/* The part of the switch on ucontext that is inlined where it is used: see switch_ucontext.c. */
#ifndef LULL_SWITCH_UCONTEXT_H
#define LULL_SWITCH_UCONTEXT_H

#define LULL__BLOCKING

static inline bool lull__context_resumed(void)
{
    return false;
}

#define LULL__SUSPEND(context) lull__native_suspend(context)
void lull__native_suspend(lull__context *context);

static inline const char *lull__context_open(lull__context *context)
{
    (void)context;
    return NULL;
}

static inline void lull__context_abandon(lull__context *context)
{
    context->abandoned = true;
}

bool lull__native_enter(lull__context *context, lull_function function, void *argument, lull_value *result);

static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result)
{
    (void)resumes;
    return lull__native_enter(context, function, argument, result);
}

#endif
