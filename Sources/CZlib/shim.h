#ifndef ARTIFACTD_CZLIB_SHIM_H
#define ARTIFACTD_CZLIB_SHIM_H

#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not import.
static inline int artifactd_inflateInit2(z_streamp stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}

#endif
