/* Prints the current folder, and for each argument: @folder goes there, a file is read. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_folder(void)
{
    char folder[1000];
    puts(getcwd(folder, sizeof folder) ? folder : strerror(errno));
}

static void print_file(const char *path)
{
    char line[100];
    FILE *file = fopen(path, "r");
    if (!file) {
        puts(strerror(errno));
        return;
    }
    puts(fgets(line, sizeof line, file) ? line : "empty");
    fclose(file);
}

int main(int argc, char **argv)
{
    print_folder();
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '@')
            print_file(argv[i]);
        else if (chdir(argv[i] + 1) == 0)
            print_folder();
        else
            puts(strerror(errno));
    }
    return 0;
}
