#include "loader.h"

#include <array>
#include <string_view>

namespace pixelpool {
namespace {

constexpr int channels_max = 5;  // sharp's default

constexpr std::array<Loader, 7> loaders = {{
    {"VipsForeignLoadJpegSource", "jpeg", "jpegload_source", false},
    {"VipsForeignLoadUhdrSource", "jpeg", "uhdrload_source", false},
    {"VipsForeignLoadPngSource", "png", "pngload_source", false},
    {"VipsForeignLoadWebpSource", "webp", "webpload_source", true},
    {"VipsForeignLoadNsgifSource", "gif", "gifload_source", true},
    {"VipsForeignLoadHeifSource", "heif", "heifload_source", true},
    {"VipsForeignLoadTiffSource", "tiff", "tiffload_source", true},
}};

const Loader* find_loader(const char* class_name) {
  if (class_name == nullptr) return nullptr;
  for (const Loader& loader : loaders) {
    if (std::string_view(loader.class_name) == class_name) return &loader;
  }
  return nullptr;
}

int first_page(const Opened& opened) {
  return opened.page < 0 ? 0 : opened.page;
}

// Reads the header. The options are sharp's.
bool load(const Libvips& vips, const Request& request, Opened& opened) {
  const char* const operation = opened.loader->operation;
  VipsImage* loaded = nullptr;
  const int failed =
      opened.loader->has_pages
          ? vips.vips_call(operation, opened.source.get(), &loaded, "access",
                           vips_access_sequential, "fail_on", request.fail_on, "page",
                           first_page(opened), "n", request.pages, end_of_options)
          : vips.vips_call(operation, opened.source.get(), &loaded, "access",
                           vips_access_sequential, "fail_on", request.fail_on, end_of_options);
  if (failed != 0) return false;
  opened.image = Image(loaded, Unref{&vips});
  return true;
}

// A page that is not there is the caller's mistake, and no fault of the image.
Outcome why_not_loaded(const Libvips& vips, Request request, Opened& opened) {
  const int last = first_page(opened) + (request.pages == -1 ? 1 : request.pages);
  if (!opened.loader->has_pages || last == 1) return Outcome::corrupt;
  opened.page = 0;
  request.pages = 1;
  if (!load(vips, request, opened)) return Outcome::corrupt;
  const bool is_beyond = last > header_int(vips, opened.image, "n-pages", 1);
  return is_beyond ? Outcome::no_such_page : Outcome::corrupt;
}

// The page of a HEIF that stands for the whole.
int primary_page(const Libvips& vips, const Image& image) {
  const bool has_several = header_int(vips, image, "n-pages", 1) > 1;
  return has_several ? header_int(vips, image, "heif-primary", 0) : 0;
}

Outcome check_limits(const Libvips& vips, const Image& image, const Request& request) {
  const auto width = static_cast<std::uint64_t>(vips.vips_image_get_width(image.get()));
  const auto height = static_cast<std::uint64_t>(vips.vips_image_get_height(image.get()));
  if (request.pixels_max > 0 && width * height > request.pixels_max) return Outcome::too_large;
  const bool has_too_many = vips.vips_image_get_bands(image.get()) > channels_max;
  return has_too_many ? Outcome::unsupported : Outcome::ok;
}

}  // namespace

Outcome open_image(const Libvips& vips, const Input& input, const Request& request,
                   Opened& opened) {
  if (!Source::open(vips, input, opened.source)) return Outcome::unreadable;
  opened.loader = find_loader(vips.vips_foreign_find_load_source(opened.source.get()));
  if (opened.loader == nullptr) return Outcome::unsupported;
  opened.page = request.page;
  if (!load(vips, request, opened)) return why_not_loaded(vips, request, opened);
  const bool is_heif = std::string_view(opened.loader->format) == "heif";
  if (is_heif && request.page == -1 && request.pages == 1) {
    opened.page = primary_page(vips, opened.image);
    if (opened.page > 0 && !load(vips, request, opened)) return Outcome::corrupt;
  }
  return check_limits(vips, opened.image, request);
}

Outcome open_shrunk(const Libvips& vips, const Request& request, const Shrink& shrink,
                    Opened& opened) {
  VipsImage* loaded = nullptr;
  VipsSource* const source = opened.source.get();
  const int failed =
      is_jpeg(*opened.loader)
          ? vips.vips_call("jpegload_source", source, &loaded, "access", vips_access_sequential,
                           "fail_on", request.fail_on, "shrink", shrink.jpeg, end_of_options)
          : vips.vips_call("webpload_source", source, &loaded, "access", vips_access_sequential,
                           "fail_on", request.fail_on, "page", first_page(opened), "n",
                           request.pages, "scale", shrink.webp, end_of_options);
  if (failed != 0) return Outcome::corrupt;
  opened.image = Image(loaded, Unref{&vips});
  return Outcome::ok;
}

bool is_jpeg(const Loader& loader) {
  return std::string_view(loader.format) == "jpeg";
}

bool is_webp(const Loader& loader) {
  return std::string_view(loader.format) == "webp";
}

int header_int(const Libvips& vips, const Image& image, const char* name, int otherwise) {
  int value = 0;
  if (vips.vips_image_get_typeof(image.get(), name) == 0) return otherwise;
  return vips.vips_image_get_int(image.get(), name, &value) == 0 ? value : otherwise;
}

}  // namespace pixelpool
