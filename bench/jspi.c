/* The baselines on JSPI: a bare module, without a runtime. */
__attribute__((import_module("host"), import_name("settled"))) int settled(int n);

__attribute__((import_module("host"), import_name("sum"))) int sum(int a, int b);

__attribute__((export_name("sum_many"))) int sum_many(int times)
{
    int total = 0;
    for (int i = 0; i < times; i++) total = sum(total, i & 1);
    return total;
}

__attribute__((export_name("add_one"))) int add_one(int n)
{
    return n + 1;
}

__attribute__((export_name("await_many"))) int await_many(int times)
{
    int sum = 0;
    for (int i = 0; i < times; i++) sum += settled(i);
    return sum;
}
