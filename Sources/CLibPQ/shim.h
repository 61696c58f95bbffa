#ifndef ARTIFACTD_CLIBPQ_SHIM_H
#define ARTIFACTD_CLIBPQ_SHIM_H

#include <libpq-fe.h>

#endif
