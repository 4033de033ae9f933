#include "loaded.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "libvips_job.h"
#include "system.h"

using namespace pixelpool;

namespace {

[[noreturn]] void give_up(const std::string& reason) {
  std::printf("no libvips to test with: %s\n", reason.c_str());
  std::exit(2);
}

const Libvips& load() {
  const char* const file = std::getenv("PIXELPOOL_TEST_LIBVIPS");
  if (file == nullptr) give_up("PIXELPOOL_TEST_LIBVIPS is not set");
  if (dlopen(file, RTLD_LAZY | RTLD_LOCAL) == nullptr) give_up(dlerror());
  if (loaded_libvips().size() != 1) give_up("it is not among the loaded ones");
  const Libvips* found = nullptr;
  std::string missing;
  const Finding finding = find_libvips(loaded_libvips().front(), found, missing);
  if (finding != Finding::found) {
    give_up("finding " + std::to_string(static_cast<int>(finding)) + " " + missing);
  }
  return *found;
}

void* count(void*, void* counter, void*) {
  ++*static_cast<int*>(counter);
  return nullptr;  // go on
}

}  // namespace

const Libvips& libvips() {
  static const Libvips& loaded = load();
  return loaded;
}

void* libvips_function(const char* name) {
  void* const function = symbol_of(open_loaded(libvips().file), name);
  if (function == nullptr) give_up(std::string("it has no ") + name);
  return function;
}

void* write_to_memory(VipsImage* image, std::size_t* bytes) {
  using Function = void* (*)(VipsImage*, std::size_t*);
  static const auto function =
      reinterpret_cast<Function>(libvips_function("vips_image_write_to_memory"));
  return function(image, bytes);
}

int count_objects() {
  using Function = void* (*)(void* (*each)(void*, void*, void*), void*, void*);
  static const auto for_each = reinterpret_cast<Function>(libvips_function("vips_object_map"));
  drop_cache(libvips());
  int objects = 0;
  for_each(count, &objects, nullptr);
  return objects;
}
