#include "libvips.h"

#include <dlfcn.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "harness.h"
#include "libvips_job.h"
#include "loaded.h"
#include "self_test.h"
#include "system.h"

using namespace pixelpool;

TEST("a file that is not loaded is not loaded by us") {
  const Libvips* found = nullptr;
  std::string missing = "what was there before";
  EXPECT(find_libvips("/nowhere/libvips-cpp.so", found, missing) == Finding::not_loaded);
  EXPECT(missing.empty());
  EXPECT(open_loaded("/nowhere/libvips-cpp.so") == nullptr);
}

TEST("a library that is no libvips is incomplete, and the first function it lacks is named") {
  Dl_info info{};
  EXPECT(dladdr(reinterpret_cast<void*>(&std::lldiv), &info) != 0);
  const Libvips* found = nullptr;
  std::string missing;
  EXPECT(find_libvips(info.dli_fname, found, missing) == Finding::incomplete);
  EXPECT(missing == "vips_init");
}

TEST("the one that is loaded is found, once and for all, from any thread") {
  std::vector<const Libvips*> found(4);
  std::vector<std::thread> threads;
  for (const Libvips*& each : found) {
    threads.emplace_back([&each] {
      std::string missing;
      EXPECT(find_libvips(libvips().file, each, missing) == Finding::found);
      EXPECT(missing.empty());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Libvips* const each : found) EXPECT(each == &libvips());
}

TEST("it is among the loaded ones, under the name it was found by") {
  const std::vector<std::string> files = loaded_libvips();
  EXPECT(files.size() == 1);
  EXPECT(files.front() == libvips().file);
}

TEST("its version is that of the library") {
  EXPECT(libvips().version.rfind("8.", 0) == 0);
}

TEST("it passes the self-test, which leaves no words behind") {
  EXPECT(self_test(libvips()));
  EXPECT(LibvipsJob(libvips()).message().empty());
}

TEST("a libvips that writes somewhere else than it is told fails the self-test") {
  Libvips astray = libvips();
  static char elsewhere[12];
  astray.vips_image_get_data = [](VipsImage*) -> const void* { return elsewhere; };
  EXPECT(!self_test(astray));
}

TEST("the words of a job are gone with it") {
  using Report = void (*)(const char* domain, const char* format, ...);
  const auto vips_error = reinterpret_cast<Report>(libvips_function("vips_error"));
  {
    const LibvipsJob job(libvips());
    EXPECT(job.message().empty());
    vips_error("first", "%s", "one");
    vips_error("second", "%s", "two");
    EXPECT(job.message() == "first: one;second: two");
  }
  EXPECT(LibvipsJob(libvips()).message().empty());
}

TEST("to drop the cache leaves its size as it was") {
  const int operations_max = libvips().vips_cache_get_max();
  libvips().vips_cache_set_max(37);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) threads.emplace_back([] { drop_cache(libvips()); });
  for (std::thread& thread : threads) thread.join();
  EXPECT(libvips().vips_cache_get_max() == 37);
  libvips().vips_cache_set_max(operations_max);
}
