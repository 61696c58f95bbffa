#ifndef ARTIFACTD_CISAL_SHIM_H
#define ARTIFACTD_CISAL_SHIM_H

#include <isa-l.h>

#endif
