#include <dlfcn.h>
#include <link.h>

#include "system.h"

namespace pixelpool {
namespace {

bool is_libvips(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') + 1);
  return name.rfind("libvips-cpp.so", 0) == 0 || name.rfind("libvips.so", 0) == 0;
}

int collect(dl_phdr_info* info, std::size_t, void* data) {
  auto& files = *static_cast<std::vector<std::string>*>(data);
  if (info->dlpi_name != nullptr && is_libvips(info->dlpi_name)) {
    files.emplace_back(info->dlpi_name);
  }
  return 0;
}

}  // namespace

std::vector<std::string> loaded_libvips() {
  std::vector<std::string> files;
  dl_iterate_phdr(collect, &files);
  return files;
}

void* open_loaded(const std::string& file) {
  return dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD | RTLD_NODELETE);
}

void* symbol_of(void* library, const char* name) {
  return dlsym(library, name);
}

}  // namespace pixelpool
