/* The limit of a pool of FastCGI threads: 16 of them answer a fixed text by libfcgi and do nothing else. */
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

enum { threads = 16, backlog = 4096 };

static int listener;

static void *answer(void *unused)
{
    FCGX_Request request;
    (void)unused;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS("Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    if (count != 2 || FCGX_Init() != 0 || (listener = FCGX_OpenSocket(arguments[1], backlog)) < 0)
        return 1;
    /* FCGX_Init has put a handler there that only sets a flag. */
    signal(SIGTERM, SIG_DFL);
    for (int made = 0; made < threads; made++)
        if (pthread_create(&thread, NULL, answer, NULL) != 0)
            return 1;
    pthread_join(thread, NULL);
    return 0;
}
