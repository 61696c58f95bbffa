#ifndef ARTIFACTD_CLIBCURL_SHIM_H
#define ARTIFACTD_CLIBCURL_SHIM_H

#include <curl/curl.h>

/// `curl_easy_setopt` takes a variable argument, which Swift does not import: one function a type.
static inline CURLcode artifactd_setLong(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode artifactd_setOffset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode artifactd_setText(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode artifactd_setPointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode artifactd_setList(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Callbacks that read or write bytes have one form.
typedef size_t (*artifactd_transfer)(char *, size_t, size_t, void *);

static inline CURLcode artifactd_setTransfer(CURL *handle, CURLoption option, artifactd_transfer value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode artifactd_setSeek(CURL *handle, curl_seek_callback value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode artifactd_setProgress(CURL *handle, curl_xferinfo_callback value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

static inline CURLcode artifactd_getLong(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// A macro with a cast.
static inline CURLcode artifactd_globalInit(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

#endif
