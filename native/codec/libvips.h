#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pixelpool {

// libvips' own types. We see no more of them than this: its headers are not needed, and the same
// addon works with every libvips that has the functions below.
struct VipsImage;
struct VipsRegion;
struct VipsSource;

struct VipsRect {
  int left, top, width, height;
};

struct VipsProgress {
  VipsImage* image;
  int run_seconds, eta_seconds;
  std::int64_t pixels, pixels_done;
  int percent;
  void* start;
};

// Values of libvips' enums, in the words of its documentation.
inline constexpr int vips_access_sequential = 1;
inline constexpr int vips_direction_horizontal = 0;
inline constexpr int vips_format_uchar = 0;
inline constexpr int vips_format_ushort = 2;
inline constexpr int vips_intent_perceptual = 0;
inline constexpr int vips_interpretation_cmyk = 15;
inline constexpr int vips_interpretation_labs = 21;
inline constexpr int vips_interpretation_srgb = 22;
inline constexpr int vips_interpretation_rgb16 = 25;
inline constexpr int vips_interpretation_grey16 = 26;

// Ends the list of options of a libvips operation: pairs of a name and a value.
inline constexpr void* end_of_options = nullptr;

// The functions of one libvips that this process has loaded. Made once for each, valid for ever.
// Options follow the named arguments of an operation, as pairs; int for enums and booleans.
struct Libvips {
  using OnEval = void (*)(VipsImage*, VipsProgress*, void* data);
  using OnStrip = int (*)(VipsRegion*, VipsRect*, void* data);

  std::string file;
  std::string version;  // '8.18.7'

  int (*vips_init)(const char* program);
  const char* (*vips_version_string)();
  void (*vips_thread_shutdown)();
  char* (*vips_error_buffer_copy)();
  void (*vips_error_clear)();
  int (*vips_cache_get_max)();
  void (*vips_cache_set_max)(int operations);
  void (*g_object_unref)(void* object);
  void (*g_free)(void* memory);
  unsigned long (*g_signal_connect_data)(void* object, const char* signal, void (*handler)(),
                                         void* data, void (*destroy)(void*, void*), int flags);
  void (*g_signal_handler_disconnect)(void* object, unsigned long handler);

  VipsSource* (*vips_source_custom_new)();
  VipsSource* (*vips_source_new_from_memory)(const void* memory, std::size_t bytes);
  const char* (*vips_foreign_find_load_source)(VipsSource*);
  // By name, since not every libvips exports a function for each of its operations.
  int (*vips_call)(const char* operation, ...);

  int (*vips_image_get_width)(const VipsImage*);
  int (*vips_image_get_height)(const VipsImage*);
  int (*vips_image_get_bands)(const VipsImage*);
  int (*vips_image_get_format)(const VipsImage*);
  int (*vips_image_get_interpretation)(const VipsImage*);
  int (*vips_image_get_orientation)(VipsImage*);
  int (*vips_image_get_page_height)(VipsImage*);
  std::size_t (*vips_image_get_typeof)(const VipsImage*, const char* name);
  int (*vips_image_get_int)(const VipsImage*, const char* name, int* value);
  int (*vips_image_hasalpha)(VipsImage*);
  double (*vips_interpretation_max_alpha)(int interpretation);

  int (*vips_bandjoin_const1)(VipsImage*, VipsImage**, double value, ...);
  int (*vips_cast)(VipsImage*, VipsImage**, int format, ...);
  int (*vips_colourspace)(VipsImage*, VipsImage**, int interpretation, ...);
  int (*vips_extract_band)(VipsImage*, VipsImage**, int band, ...);
  int (*vips_flip)(VipsImage*, VipsImage**, int direction, ...);
  int (*vips_icc_transform)(VipsImage*, VipsImage**, const char* profile, ...);
  int (*vips_premultiply)(VipsImage*, VipsImage**, ...);
  int (*vips_resize)(VipsImage*, VipsImage**, double scale, ...);
  int (*vips_unpremultiply)(VipsImage*, VipsImage**, ...);

  VipsImage* (*vips_image_new_from_memory)(const void* memory, std::size_t bytes, int width,
                                           int height, int bands, int format);
  const void* (*vips_image_get_data)(VipsImage*);
  int (*vips_image_write)(VipsImage* from, VipsImage* to);
  void (*vips_get_tile_size)(VipsImage*, int* width, int* height, int* rows);
  int (*vips_sink_disc)(VipsImage*, OnStrip, void* data);
  void (*vips_image_minimise_all)(VipsImage*);
  void (*vips_image_set_progress)(VipsImage*, int on);
  void (*vips_image_set_kill)(VipsImage*, int kill);
  VipsRegion* (*vips_region_new)(VipsImage*);
  int (*vips_region_image)(VipsRegion*, const VipsRect*);
  void (*vips_region_copy)(VipsRegion* from, VipsRegion* to, const VipsRect*, int x, int y);
  int (*vips_region_prepare_to)(VipsRegion* from, VipsRegion* to, const VipsRect*, int x, int y);
};

enum class Finding {
  found,
  not_loaded,  // no such file is in this process
  incomplete,  // it lacks a function
  does_not_start,
  fails_self_test,  // it does not decode into memory of ours as it should
};

// What a loaded libvips says of itself; empty where it says nothing.
[[nodiscard]] std::string version_of(const std::string& file);

// Looks at a loaded libvips by its file: once, and remembers. Where its functions are as they
// should be the table is given. `missing` names the function that an incomplete one lacks.
// Thread-safe.
[[nodiscard]] Finding find_libvips(const std::string& file, const Libvips*& libvips,
                                   std::string& missing);

}  // namespace pixelpool
