#ifndef ARTIFACTD_CFASTCGI_SHIM_H
#define ARTIFACTD_CFASTCGI_SHIM_H

// Never fcgi_stdio.h: it redefines FILE, stdin, printf and their like for every file that sees it.
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcgios.h>

// What a worker needs around libfcgi and Swift's Glibc module leaves out.
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

// The headers declare these under _GNU_SOURCE only, which a module cannot set for headers that are built already.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);
enum { ARTIFACTD_POLLRDHUP = 0x2000 };

#endif
