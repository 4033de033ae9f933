#include <dlfcn.h>
#include <mach-o/dyld.h>

#include <cstdint>

#include "system.h"

namespace pixelpool {
namespace {

bool is_libvips(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') + 1);
  return name.rfind("libvips-cpp.", 0) == 0 || name.rfind("libvips.", 0) == 0;
}

}  // namespace

std::vector<std::string> loaded_libvips() {
  std::vector<std::string> files;
  for (std::uint32_t i = 0; i < _dyld_image_count(); i++) {
    const char* const file = _dyld_get_image_name(i);
    if (file != nullptr && is_libvips(file)) files.emplace_back(file);
  }
  return files;
}

void* open_loaded(const std::string& file) {
  return dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD | RTLD_NODELETE);
}

void* symbol_of(void* library, const char* name) {
  return dlsym(library, name);
}

}  // namespace pixelpool
