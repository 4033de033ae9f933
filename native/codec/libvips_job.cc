#include "libvips_job.h"

#include <mutex>

namespace pixelpool {

LibvipsJob::~LibvipsJob() {
  vips_.vips_error_clear();
  vips_.vips_thread_shutdown();
}

std::string LibvipsJob::message() const {
  char* const copy = vips_.vips_error_buffer_copy();
  std::string text = copy == nullptr ? "" : copy;
  vips_.g_free(copy);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& each : text) {
    if (each == '\n') each = ';';
  }
  return text;
}

void drop_cache(const Libvips& vips) {
  static std::mutex one_at_a_time;  // else one could take the other's 0 for the user's setting
  const std::lock_guard lock(one_at_a_time);
  const int operations_max = vips.vips_cache_get_max();
  vips.vips_cache_set_max(0);
  vips.vips_cache_set_max(operations_max);
}

}  // namespace pixelpool
