/* The limit of single files: inflates one raw deflate stream of a file with libz, block by block, and does nothing else.
 *
 * inflate FILE OFFSET LENGTH REPEATS: prints the bytes that came out and the processor seconds that it took. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <zlib.h>

enum { block = 65528 };

static unsigned char buffer[block];

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long inflate_once(unsigned char *from, long length)
{
    z_stream stream = {.next_in = from, .avail_in = (uInt)length};
    int status = inflateInit2(&stream, -MAX_WBITS);
    while (status == Z_OK) {
        stream.next_out = buffer;
        stream.avail_out = block;
        status = inflate(&stream, Z_NO_FLUSH);
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END ? (long)stream.total_out : -1;
}

int main(int count, char **arguments)
{
    if (count != 5)
        return 64;
    int file = open(arguments[1], O_RDONLY);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0)
        return 66;
    unsigned char *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED)
        return 66;
    long out = 0, repeats = atol(arguments[4]);
    double began = processor_seconds();
    for (long turn = 0; turn < repeats; turn++) {
        long made = inflate_once(bytes + atol(arguments[2]), atol(arguments[3]));
        if (made < 0)
            return 65;
        out += made;
    }
    printf("%ld %.6f\n", out, processor_seconds() - began);
    return 0;
}
