#include "libvips.h"

#include <memory>
#include <mutex>
#include <vector>

#include "self_test.h"
#include "system.h"

namespace pixelpool {
namespace {

// Fills the table; remembers the first function that is missing.
class Binder {
 public:
  explicit Binder(void* library) : library_(library) {}

  template <typename Function>
  void bind(const char* name, Function& function) {
    function = reinterpret_cast<Function>(symbol_of(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  void* const library_;
  std::string missing_;
};

void bind_process(Binder& binder, Libvips& vips) {
  binder.bind("vips_init", vips.vips_init);
  binder.bind("vips_version_string", vips.vips_version_string);
  binder.bind("vips_thread_shutdown", vips.vips_thread_shutdown);
  binder.bind("vips_error_buffer_copy", vips.vips_error_buffer_copy);
  binder.bind("vips_error_clear", vips.vips_error_clear);
  binder.bind("vips_cache_get_max", vips.vips_cache_get_max);
  binder.bind("vips_cache_set_max", vips.vips_cache_set_max);
  binder.bind("g_object_unref", vips.g_object_unref);
  binder.bind("g_free", vips.g_free);
  binder.bind("g_signal_connect_data", vips.g_signal_connect_data);
  binder.bind("g_signal_handler_disconnect", vips.g_signal_handler_disconnect);
}

void bind_loaders(Binder& binder, Libvips& vips) {
  binder.bind("vips_source_custom_new", vips.vips_source_custom_new);
  binder.bind("vips_source_new_from_memory", vips.vips_source_new_from_memory);
  binder.bind("vips_foreign_find_load_source", vips.vips_foreign_find_load_source);
  binder.bind("vips_call", vips.vips_call);
}

void bind_header(Binder& binder, Libvips& vips) {
  binder.bind("vips_image_get_width", vips.vips_image_get_width);
  binder.bind("vips_image_get_height", vips.vips_image_get_height);
  binder.bind("vips_image_get_bands", vips.vips_image_get_bands);
  binder.bind("vips_image_get_format", vips.vips_image_get_format);
  binder.bind("vips_image_get_interpretation", vips.vips_image_get_interpretation);
  binder.bind("vips_image_get_orientation", vips.vips_image_get_orientation);
  binder.bind("vips_image_get_page_height", vips.vips_image_get_page_height);
  binder.bind("vips_image_get_typeof", vips.vips_image_get_typeof);
  binder.bind("vips_image_get_int", vips.vips_image_get_int);
  binder.bind("vips_image_hasalpha", vips.vips_image_hasalpha);
  binder.bind("vips_interpretation_max_alpha", vips.vips_interpretation_max_alpha);
}

void bind_operations(Binder& binder, Libvips& vips) {
  binder.bind("vips_bandjoin_const1", vips.vips_bandjoin_const1);
  binder.bind("vips_cast", vips.vips_cast);
  binder.bind("vips_colourspace", vips.vips_colourspace);
  binder.bind("vips_extract_band", vips.vips_extract_band);
  binder.bind("vips_flip", vips.vips_flip);
  binder.bind("vips_icc_transform", vips.vips_icc_transform);
  binder.bind("vips_premultiply", vips.vips_premultiply);
  binder.bind("vips_resize", vips.vips_resize);
  binder.bind("vips_unpremultiply", vips.vips_unpremultiply);
}

void bind_pixels(Binder& binder, Libvips& vips) {
  binder.bind("vips_image_new_from_memory", vips.vips_image_new_from_memory);
  binder.bind("vips_image_get_data", vips.vips_image_get_data);
  binder.bind("vips_image_write", vips.vips_image_write);
  binder.bind("vips_get_tile_size", vips.vips_get_tile_size);
  binder.bind("vips_sink_disc", vips.vips_sink_disc);
  binder.bind("vips_image_minimise_all", vips.vips_image_minimise_all);
  binder.bind("vips_image_set_progress", vips.vips_image_set_progress);
  binder.bind("vips_image_set_kill", vips.vips_image_set_kill);
  binder.bind("vips_region_new", vips.vips_region_new);
  binder.bind("vips_region_image", vips.vips_region_image);
  binder.bind("vips_region_copy", vips.vips_region_copy);
  binder.bind("vips_region_prepare_to", vips.vips_region_prepare_to);
}

// One libvips that was looked at, and what came of it.
struct Candidate {
  Libvips vips{};
  Finding finding = Finding::not_loaded;
  std::string missing;
};

void examine(Candidate& candidate) {
  Libvips& vips = candidate.vips;
  void* const library = open_loaded(vips.file);
  if (library == nullptr) return;
  Binder binder(library);
  bind_process(binder, vips);
  bind_loaders(binder, vips);
  bind_header(binder, vips);
  bind_operations(binder, vips);
  bind_pixels(binder, vips);
  if (vips.vips_version_string != nullptr) vips.version = vips.vips_version_string();
  candidate.missing = binder.missing();
  if (!candidate.missing.empty()) {
    candidate.finding = Finding::incomplete;
  } else if (vips.vips_init("pixelpool") != 0) {  // does nothing where sharp did it
    candidate.finding = Finding::does_not_start;
  } else if (!self_test(vips)) {
    candidate.finding = Finding::fails_self_test;
  } else {
    candidate.finding = Finding::found;
  }
}

// Kept for ever: jobs on any thread use the tables until the process has gone.
struct Candidates {
  std::mutex mutex;  // guards `known`
  std::vector<std::unique_ptr<Candidate>> known;

  Candidate& of(const std::string& file) {
    for (const auto& each : known) {
      if (each->vips.file == file) return *each;
    }
    auto& candidate = *known.emplace_back(std::make_unique<Candidate>());
    candidate.vips.file = file;
    examine(candidate);
    return candidate;
  }
};

Candidates& candidates() {
  static auto* const all = new Candidates();
  return *all;
}

}  // namespace

std::string version_of(const std::string& file) {
  Libvips vips{};
  void* const library = open_loaded(file);
  if (library == nullptr) return "";
  Binder(library).bind("vips_version_string", vips.vips_version_string);
  return vips.vips_version_string == nullptr ? "" : vips.vips_version_string();
}

Finding find_libvips(const std::string& file, const Libvips*& libvips, std::string& missing) {
  const std::lock_guard lock(candidates().mutex);
  const Candidate& candidate = candidates().of(file);
  missing = candidate.missing;
  libvips = &candidate.vips;
  return candidate.finding;
}

}  // namespace pixelpool
