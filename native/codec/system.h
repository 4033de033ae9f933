#pragma once

#include <string>
#include <vector>

namespace pixelpool {

// What this process has loaded already, and nothing else: the only contract of the codec with
// per-OS code, one .cc an OS. A library that was opened here stays loaded for ever.

// The files of every libvips in this process, in the order in which they were loaded.
[[nodiscard]] std::vector<std::string> loaded_libvips();

// Null when the file is not loaded (any more).
[[nodiscard]] void* open_loaded(const std::string& file);

// Null when the library has no such symbol.
[[nodiscard]] void* symbol_of(void* library, const char* name);

}  // namespace pixelpool
