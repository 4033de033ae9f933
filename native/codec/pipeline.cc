#include "pipeline.h"

namespace pixelpool {
namespace {

bool is_16_bit(int interpretation) {
  return interpretation == vips_interpretation_rgb16 ||
         interpretation == vips_interpretation_grey16;
}

// Into a colour space that does not depend on a device.
bool to_srgb_or_p3(const Libvips& vips, Image& image) {
  const int interpretation = vips.vips_image_get_interpretation(image.get());
  const char* const profile = interpretation == vips_interpretation_rgb16 ? "p3" : "srgb";
  const bool has_profile = vips.vips_image_get_typeof(image.get(), "icc-profile-data") != 0;
  if (has_profile && interpretation != vips_interpretation_labs &&
      interpretation != vips_interpretation_grey16) {
    const int depth = is_16_bit(interpretation) ? 16 : 8;
    const bool transformed = extend(image, [&](VipsImage* in, VipsImage** out) {
      return vips.vips_icc_transform(in, out, profile, "embedded", 1, "depth", depth, "intent",
                                     vips_intent_perceptual, end_of_options);
    });
    // A broken profile is no reason to refuse a picture, says sharp.
    if (!transformed) vips.vips_error_clear();
    return true;
  }
  if (interpretation != vips_interpretation_cmyk) return true;
  return extend(image, [&](VipsImage* in, VipsImage** out) {
    return vips.vips_icc_transform(in, out, profile, "input_profile", "cmyk", "intent",
                                   vips_intent_perceptual, end_of_options);
  });
}

bool cast(const Libvips& vips, Image& image, int format) {
  return extend(image, [&](VipsImage* in, VipsImage** out) {
    return vips.vips_cast(in, out, format, end_of_options);
  });
}

bool resize(const Libvips& vips, Image& image, const Scaling& scaling) {
  return extend(image, [&](VipsImage* in, VipsImage** out) {
    return vips.vips_resize(in, out, 1.0 / scaling.horizontal, "vscale", 1.0 / scaling.vertical,
                            end_of_options);
  });
}

// Transparent pixels have no say in the colours of their neighbours.
bool resize_premultiplied(const Libvips& vips, Image& image, const Scaling& scaling) {
  const int format = vips.vips_image_get_format(image.get());
  const auto premultiply = [&](VipsImage* in, VipsImage** out) {
    return vips.vips_premultiply(in, out, end_of_options);
  };
  const auto unpremultiply = [&](VipsImage* in, VipsImage** out) {
    return vips.vips_unpremultiply(in, out, end_of_options);
  };
  return extend(image, premultiply) && cast(vips, image, format) && resize(vips, image, scaling) &&
         extend(image, unpremultiply) && cast(vips, image, format);
}

bool remove_alpha(const Libvips& vips, Image& image) {
  for (;;) {
    const int bands = vips.vips_image_get_bands(image.get());
    if (bands <= 1 || vips.vips_image_hasalpha(image.get()) == 0) return true;
    const bool removed = extend(image, [&](VipsImage* in, VipsImage** out) {
      return vips.vips_extract_band(in, out, 0, "n", bands - 1, end_of_options);
    });
    if (!removed) return false;
  }
}

bool add_alpha(const Libvips& vips, Image& image) {
  if (vips.vips_image_hasalpha(image.get()) != 0) return true;
  const int interpretation = vips.vips_image_get_interpretation(image.get());
  const double opaque = vips.vips_interpretation_max_alpha(interpretation);
  return extend(image, [&](VipsImage* in, VipsImage** out) {
    return vips.vips_bandjoin_const1(in, out, opaque, end_of_options);
  });
}

bool to_channels(const Libvips& vips, Image& image, int channels) {
  if (channels == 3) return remove_alpha(vips, image);
  if (channels == 4) return add_alpha(vips, image);
  return true;
}

bool to_uchar_srgb(const Libvips& vips, Image& image) {
  const int interpretation = vips.vips_image_get_interpretation(image.get());
  if (is_16_bit(interpretation) && !cast(vips, image, vips_format_ushort)) return false;
  if (interpretation != vips_interpretation_srgb) {
    const bool converted = extend(image, [&](VipsImage* in, VipsImage** out) {
      return vips.vips_colourspace(in, out, vips_interpretation_srgb, "source_space",
                                   interpretation, end_of_options);
    });
    if (!converted) return false;
  }
  if (vips.vips_image_get_format(image.get()) == vips_format_uchar) return true;
  return cast(vips, image, vips_format_uchar);
}

}  // namespace

Outcome transform(const Libvips& vips, const Scaling& scaling, int channels, Image& image) {
  if (!to_srgb_or_p3(vips, image)) return Outcome::unsupported;
  if (!scaling.is_identity()) {
    const bool has_alpha = vips.vips_image_hasalpha(image.get()) != 0;
    const bool resized =
        has_alpha ? resize_premultiplied(vips, image, scaling) : resize(vips, image, scaling);
    if (!resized) return Outcome::too_large;
  }
  const bool done = to_channels(vips, image, channels) && to_uchar_srgb(vips, image);
  return done ? Outcome::ok : Outcome::unsupported;
}

}  // namespace pixelpool
