#pragma once

#include <napi.h>

namespace pixelpool {

// loadedLibvips(): the file and the version of every libvips in this process.
Napi::Value loaded_libvips(const Napi::CallbackInfo& info);

// findCodec(file): the functions of that libvips, or what it lacks.
Napi::Value find_codec(const Napi::CallbackInfo& info);

}  // namespace pixelpool
