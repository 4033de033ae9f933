#include "plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "pipeline.h"
#include "scaling.h"

namespace pixelpool {
namespace {

constexpr double side_max = 100'000'000;  // pixels, libvips' own

// 5 to 8: rows become columns.
bool swaps_axes(int orientation) {
  return orientation >= 5;
}

Header header_of(const Libvips& vips, const Opened& opened) {
  Header header;
  header.format = opened.loader->format;
  header.width = vips.vips_image_get_width(opened.image.get());
  header.height = vips.vips_image_get_page_height(opened.image.get());
  header.bands = vips.vips_image_get_bands(opened.image.get());
  header.pages = header_int(vips, opened.image, "n-pages", 1);
  header.orientation = vips.vips_image_get_orientation(opened.image.get());
  return header;
}

// Where the pages of an image begin and end, and how much smaller they become.
struct Sizes {
  Scaling scaling;
  int pages = 1;
  int page_height = 0;  // of the result, before it is turned
};

int pages_of(const Request& request, const Opened& opened, const Header& header) {
  return request.pages == -1 ? header.pages - std::max(0, opened.page) : request.pages;
}

// Opens the image once more where the format can shrink it as it loads.
Outcome shrink(const Libvips& vips, const Request& request, int pages, Opened& opened) {
  const int width = vips.vips_image_get_width(opened.image.get());
  const int page_height = pages == 1 ? vips.vips_image_get_height(opened.image.get())
                                     : vips.vips_image_get_page_height(opened.image.get());
  const Scaling scaling = scaling_of(width, page_height, request);
  const Shrink shrink = shrink_on_load(*opened.loader, scaling);
  if (shrink.jpeg == 1 && shrink.webp == 1.0) return Outcome::ok;
  return open_shrunk(vips, request, shrink, opened);
}

Outcome find_sizes(const Libvips& vips, const Image& image, const Request& request, Sizes& sizes) {
  const int width = vips.vips_image_get_width(image.get());
  const int height = vips.vips_image_get_height(image.get());
  const bool resizes = request.width > 0 || request.height > 0;
  const int page_height =
      sizes.pages == 1 && !resizes ? height : vips.vips_image_get_page_height(image.get());
  Scaling& scaling = sizes.scaling;
  scaling = scaling_of(width, page_height, request);
  const double result_width = std::rint(width / scaling.horizontal);
  const double result_page_height = std::rint(page_height / scaling.vertical);
  if (std::max(result_width, result_page_height * sizes.pages) > side_max) {
    return Outcome::too_large;
  }
  sizes.page_height = static_cast<int>(result_page_height);
  // Each page is to end on a whole row.
  if (height > page_height) {
    scaling.vertical = static_cast<double>(height) / (sizes.page_height * sizes.pages);
  }
  return Outcome::ok;
}

// Takes the finished image over, and its sizes.
void finish(const Libvips& vips, const Sizes& sizes, Opened opened, Plan& plan) {
  plan.source = std::move(opened.source);
  plan.image = std::move(opened.image);
  plan.width = vips.vips_image_get_width(plan.image.get());
  plan.height = vips.vips_image_get_height(plan.image.get());
  plan.bands = vips.vips_image_get_bands(plan.image.get());
  const bool is_stack = sizes.pages > 1 && plan.height == sizes.page_height * sizes.pages;
  plan.pages = is_stack ? sizes.pages : 1;
  if (swaps_axes(plan.orientation)) std::swap(plan.width, plan.height);
}

}  // namespace

Outcome make_plan(const Libvips& vips, const Input& input, const Request& asked, Plan& plan) {
  Opened opened;
  Outcome outcome = open_image(vips, input, asked, opened);
  if (outcome != Outcome::ok) return outcome;
  plan.header = header_of(vips, opened);
  plan.orientation = asked.auto_orient ? plan.header.orientation : 1;
  const int pages = pages_of(asked, opened, plan.header);
  if (pages > 1 && swaps_axes(plan.orientation)) return Outcome::unsupported;

  // The size asked for is that of the turned image, but it is resized before it is turned.
  Request request = asked;
  if (swaps_axes(plan.orientation)) std::swap(request.width, request.height);
  outcome = shrink(vips, request, pages, opened);
  if (outcome != Outcome::ok) return outcome;
  Sizes sizes;
  sizes.pages = pages;
  outcome = find_sizes(vips, opened.image, request, sizes);
  if (outcome != Outcome::ok) return outcome;
  outcome = transform(vips, sizes.scaling, request.channels, opened.image);
  if (outcome != Outcome::ok) return outcome;
  finish(vips, sizes, std::move(opened), plan);
  const bool has_right_bands = asked.channels == 0 ? plan.bands <= 4 : plan.bands == asked.channels;
  return has_right_bands ? Outcome::ok : Outcome::unsupported;
}

}  // namespace pixelpool
