#ifndef ARTIFACTD_CFASTCGI_SHIM_H
#define ARTIFACTD_CFASTCGI_SHIM_H

// Never fcgi_stdio.h: it redefines FILE, stdin, printf and their like for every file that sees it.
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcgios.h>

#endif
